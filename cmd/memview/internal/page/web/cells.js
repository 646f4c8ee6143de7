// The view of items as a table.

import { ask } from "./ask.js";
import { count, h, notice, say, tuple } from "./dom.js";
import { leading } from "./leading.js";
import { Table } from "./table.js";

const align = { int: "int", uint: "int", float: "float", complex: "float", bool: "int" };

export function cells(host, part, state, context) {
	const { table: grid, info } = part;
	if (grid.rows === 0 || grid.columns === 0 || grid.leading.includes(0)) {
		host.append(notice("No items", `The shape is ${tuple(info.shape)}.`));
		return {};
	}
	let at = grid.leading.map((extent, d) => Math.min(extent - 1, state.at[d] ?? 0));
	let table;
	const output = h("output", { class: "cell-value" });
	const place = h("code", { class: "cell-place" });
	const holder = h("div", { class: "table-holder" });

	const indexOf = (row, column) => {
		const own = info.shape.length - grid.leading.length;
		return [...at, ...[row, column].slice(0, own)];
	};
	const build = (row, column) => {
		table?.gone();
		table = new Table({
			label: `Items of ${part.title}`, rows: grid.rows, columns: grid.columns, uniform: !grid.records, hasNotes: grid.records,
			column: (i) => column_(grid, i), rowLabel: count, rowWidth: Math.max(3, count(grid.rows - 1).length),
			load: async (r, rows, c, columns, signal) => (await ask("table", {
				...context.question(), at: at.join(","), row: r, rows: Math.min(rows, grid.rows - r), column: c, columns: Math.min(columns, grid.columns - c),
			}, signal)).cells,
			moved: ({ row, column, cell, byHand }) => {
				const field = grid.records ? grid.fields[column].name : "";
				place.textContent = `[${indexOf(row, grid.records ? 0 : column).slice(0, info.shape.length).join(", ")}]${field && `.${field}`}`;
				output.textContent = cell ?? "";
				if (byHand) {
					say(`${place.textContent}: ${cell ?? ""}`);
				}
				context.moved({ row, column });
			},
			failed: context.failed,
		});
		holder.replaceChildren(table.element);
		table.mounted(row, column);
	};
	const goRow = h("input", { type: "number", id: "go-row", min: 0, max: grid.rows - 1, inputmode: "numeric", placeholder: "0" });
	const goColumn = grid.columns > 1 && !grid.records && h("input", { type: "number", id: "go-column", min: 0, max: grid.columns - 1, inputmode: "numeric", placeholder: "0" });
	const go = h("form", { class: "go", onsubmit: (event) => {
		event.preventDefault();
		const number = (input, otherwise) => (input && input.value !== "" ? Math.floor(Number(input.value)) : otherwise);
		table.move(number(goRow, table.active.row), number(goColumn, table.active.column));
		table.element.focus();
	} }, h("label", { for: "go-row" }, "Row"), goRow, goColumn && [h("label", { for: "go-column" }, "Column"), goColumn], h("button", { type: "submit" }, "Go"));

	host.append(
		...[leading(grid.leading, at, (indices) => {
			at = indices;
			context.moved({ at });
			build(table.active.row, table.active.column);
		})].filter(Boolean),
		holder,
		h("div", { class: "foot" }, h("p", { class: "cell-line" }, place, h("span", { class: "dim" }, " = "), output), go),
	);
	if (grid.more > 0) {
		host.append(h("p", { class: "note-line" }, `${count(grid.more)} more fields: name one behind the slice, as in .${grid.fields[0].name}`));
	}
	build(state.row, state.column);
	return { gone: () => table.gone(), focus: () => table.element.focus(), search: () => { goRow.focus(); goRow.select(); } };
}

function column_(grid, i) {
	const field = grid.records ? grid.fields[i] : grid.fields[0];
	const kind = align[field.kind] ?? "text";
	const width = field.kind === "float" ? Math.min(field.width, 16) : field.width;
	if (grid.records) {
		return { name: field.name, note: field.dtype, title: `${field.name}: ${field.words}`, width, kind };
	}
	return { name: grid.columns === 1 ? "value" : count(i), title: field.words, width, kind };
}
