// The view of bytes, item by item and field by field.

import { ask } from "./ask.js";
import { count, h, notice, say, tuple } from "./dom.js";
import { Table } from "./table.js";

export function bytesView(host, part, state, context) {
	const { hex, info } = part;
	if (hex.lines === 0 || info.itemsize === 0) {
		host.append(notice("No bytes", `The shape is ${tuple(info.shape)}, of items of ${info.itemsize} bytes.`));
		return {};
	}
	const index = Math.max(7, `[${info.shape.map((n) => Math.max(0, n - 1)).join(", ")}]`.length);
	const columns = [
		{ name: "offset", width: Math.max(8, info.size.toString(16).length), kind: "text offset" },
		{ name: "index", width: index, kind: "text" },
		{ name: "bytes", width: 3 * hex.width + 1, kind: "text bytes" },
		...(hex.records ? [{ name: "field", width: 20, kind: "text" }] : []),
		{ name: hex.records ? "value" : "values", width: 60, kind: "text" },
	];
	const columnsOf = (line) => [
		{ text: line.offset.toString(16).padStart(8, "0") },
		{ text: line.index ? `[${line.index.join(", ")}]` : "" },
		{ text: grouped(line.bytes, hex.records ? 1 : Math.min(info.itemsize, 16)), class: line.kind === "padding" ? "padding" : "" },
		...(hex.records ? [{ text: line.name ?? (line.kind === "padding" ? "padding" : ""), class: line.kind === "padding" ? "padding" : "" }] : []),
		{ text: line.values.join("  ") + (line.more ? `  and ${count(line.more)} more bytes` : "") },
	];
	const place = h("p", { class: "cell-line" });
	const table = new Table({
		label: `Bytes of ${part.title}`, rows: hex.lines, columns: columns.length, stretchLast: true,
		column: (i) => columns[i], rowLabel: count, rowWidth: Math.max(4, count(hex.lines - 1).length), cornerName: "line",
		load: async (row, rows, first, _, signal) => (await ask("hex", { ...context.question(), line: row, lines: Math.min(rows, hex.lines - row) }, signal)).lines
			.map((line) => columnsOf(line).slice(first)),
		moved: ({ row, column, cell, byHand }) => {
			place.textContent = cell?.text ?? "";
			if (byHand) {
				say(`${columns[column].name}: ${cell?.text ?? ""}`);
			}
			context.moved({ row });
		},
		failed: context.failed,
	});
	const goRow = h("input", { type: "number", id: "go-row", min: 0, max: hex.lines - 1, placeholder: "0" });
	const go = h("form", { class: "go", onsubmit: (event) => {
		event.preventDefault();
		table.move(Math.floor(Number(goRow.value)) || 0, table.active.column);
		table.element.focus();
	} }, h("label", { for: "go-row" }, "Line"), goRow, h("button", { type: "submit" }, "Go"));
	host.append(h("div", { class: "table-holder" }, table.element), h("div", { class: "foot" }, place, go));
	table.mounted(state.row, 0);
	return { gone: () => table.gone(), focus: () => table.element.focus(), search: () => goRow.focus() };
}

// grouped sets blanks between bytes, and two between items.
function grouped(hex, size) {
	const parts = [];
	for (let i = 0; i < hex.length; i += 2) {
		parts.push((i > 0 ? (size > 1 && (i / 2) % size === 0 ? "  " : " ") : "") + hex.slice(i, i + 2));
	}
	return parts.join("");
}
