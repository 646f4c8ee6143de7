// A table of any size: only what is in sight is there, and asked for.

import { Axis, Scroll } from "./axis.js";
import { after, h } from "./dom.js";

const block = { rows: 64, columns: 32 };
const mostBlocks = 240;
const padding = 20; // pixels beside the text of a cell
let tables = 0;

// characterWidth measures the typeface of the data.
function characterWidth(parent) {
	const probe = h("span", { class: "probe" }, "0".repeat(100));
	parent.append(probe);
	const width = probe.getBoundingClientRect().width / 100;
	probe.remove();
	return width || 8;
}

// Table shows cells that load gives, as rows of texts or {text, class, title}. Its options:
//
//	label      the table's name
//	rows       how many there are, and columns
//	columns    how many there are
//	column(i)  {name, note, width in characters, kind}; one for all where uniform
//	rowLabel(i), rowWidth (in characters)
//	load(row, rows, column, columns, signal)
//	moved({row, column, cell}) when the cell changes
export class Table {
	constructor(options) {
		Object.assign(this, options);
		this.id = `table${++tables}`;
		this.blocks = new Map();
		this.fractions = new Map(); // digits behind the point, by column: points stand below each other
		this.active = { row: 0, column: 0 };
		this.pool = [];
		this.header = h("div", { class: "table-head", role: "row", "aria-rowindex": "1" });
		this.body = h("div", { role: "presentation", class: "table-body" });
		this.view = h("div", { class: "table-view", role: "presentation" }, this.header, this.body);
		this.space = h("div", { class: "table-space", role: "presentation" }, this.view);
		this.element = h("div", {
			class: "table", role: "grid", tabindex: "0", "aria-label": this.label, "aria-readonly": "true",
			"aria-rowcount": this.rows + 1, "aria-colcount": this.columns + 1,
			onscroll: () => this.scrolled(), onkeydown: (event) => this.key(event), onpointerdown: (event) => this.point(event),
		}, this.space);
		this.settle = after(150, () => this.synchronise());
		this.fetch = after(30, () => this.load_());
		this.observer = new ResizeObserver(() => this.resized());
	}

	// mounted is called when the element stands in the page.
	mounted(row, column) {
		const ch = characterWidth(this.element);
		this.rowHeight = 28;
		this.headHeight = this.hasNotes ? 46 : 30;
		this.labelWidth = Math.ceil(this.rowWidth * ch) + padding;
		const width = (i) => Math.ceil(Math.max(this.column(i).width, this.column(i).name.length, this.column(i).note?.length ?? 0) * ch) + padding;
		const widths = this.uniform ? Math.ceil(Math.max(this.column(0).width, String(Math.max(0, this.columns - 1)).length) * ch) + padding
			: Array.from({ length: this.columns }, (_, i) => Math.min(width(i), Math.ceil(72 * ch)));
		if (this.stretchLast && Array.isArray(widths)) {
			widths[widths.length - 1] = Math.ceil(60 * ch);
		}
		this.y = new Scroll(new Axis(this.rows, this.rowHeight));
		this.x = new Scroll(new Axis(this.columns, widths));
		this.space.style.width = `${this.x.axis.extent + this.labelWidth}px`;
		this.space.style.height = `${this.y.axis.extent + this.headHeight}px`;
		this.header.style.height = `${this.headHeight}px`;
		this.observer.observe(this.element);
		this.resized();
		this.move(row, column, false);
	}

	gone() {
		this.isGone = true;
		this.observer.disconnect();
		for (const entry of this.blocks.values()) {
			entry.abort?.abort();
		}
	}

	resized() {
		this.width = Math.max(0, this.element.clientWidth - this.labelWidth);
		this.height = Math.max(0, this.element.clientHeight - this.headHeight);
		this.view.style.width = `${this.element.clientWidth}px`;
		this.view.style.height = `${this.element.clientHeight}px`;
		this.render();
	}

	scrolled() {
		this.y.moved(this.element.scrollTop, this.height);
		this.x.moved(this.element.scrollLeft, this.width);
		this.render();
		this.settle();
	}

	// synchronise puts the scroll bar where the place says, once nothing moves.
	synchronise() {
		if (this.isGone) {
			return;
		}
		for (const [scroll, side, view] of [[this.y, "scrollTop", this.height], [this.x, "scrollLeft", this.width]]) {
			const wanted = Math.round(scroll.axis.toScroll(scroll.place, view));
			if (Math.abs(this.element[side] - wanted) >= 1) {
				this.element[side] = wanted;
			}
			scroll.position = this.element[side];
		}
	}

	// move goes to a cell.
	move(row, column, tell = true) {
		row = Math.max(0, Math.min(this.rows - 1, row));
		column = Math.max(0, Math.min(this.columns - 1, column));
		this.active = { row, column };
		this.y.show(row, this.height);
		this.x.show(column, this.width);
		this.synchronise();
		this.render();
		this.told = false;
		this.tell(tell);
	}

	key(event) {
		const { row, column } = this.active;
		const page = Math.max(1, Math.floor(this.height / this.rowHeight) - 1);
		const ends = event.ctrlKey || event.metaKey;
		const to = {
			ArrowDown: [row + 1, column], ArrowUp: [row - 1, column], ArrowRight: [row, column + 1], ArrowLeft: [row, column - 1],
			PageDown: [row + page, column], PageUp: [row - page, column],
			Home: ends ? [0, 0] : [row, 0], End: ends ? [this.rows - 1, this.columns - 1] : [row, this.columns - 1],
		}[event.key];
		if (!to || event.altKey || event.shiftKey) {
			return;
		}
		event.preventDefault();
		this.move(...to);
	}

	point(event) {
		const cell = event.target.closest("[data-column]");
		if (cell && event.button === 0) {
			this.move(Number(cell.dataset.row), Number(cell.dataset.column));
		}
	}

	// tell says what stands in the cell, as soon as that is known.
	tell(byHand) {
		const cell = this.cell(this.active.row, this.active.column);
		if (cell === undefined && this.rows > 0 && this.columns > 0) {
			this.byHand = byHand || this.byHand;
		} else if (!this.told) {
			this.told = true;
			this.moved?.({ ...this.active, cell, byHand: byHand || this.byHand });
			this.byHand = false;
		}
	}

	cell(row, column) {
		const [r, c] = [Math.floor(row / block.rows), Math.floor(column / block.columns)];
		return this.blocks.get(`${r},${c}`)?.cells?.[row - r * block.rows]?.[column - c * block.columns];
	}

	// seen is the range of rows and columns in sight.
	seen() {
		if (this.rows === 0 || this.columns === 0) {
			return { top: 0, bottom: -1, left: 0, right: -1 };
		}
		return {
			top: this.y.axis.find(this.y.place), bottom: this.y.axis.find(this.y.place + this.height - 1),
			left: this.x.axis.find(this.x.place), right: this.x.axis.find(this.x.place + this.width - 1),
		};
	}

	render() {
		if (!this.y || this.isGone) {
			return;
		}
		const seen = this.seen();
		this.renderHead(seen);
		for (let i = 0; i <= seen.bottom - seen.top; i++) {
			this.renderRow(this.pool[i] ??= this.makeRow(), seen.top + i, seen);
		}
		for (const row of this.pool.splice(Math.max(0, seen.bottom - seen.top + 1))) {
			row.element.remove();
		}
		const isActiveSeen = this.active.row >= seen.top && this.active.row <= seen.bottom && this.active.column >= seen.left && this.active.column <= seen.right;
		if (isActiveSeen) {
			this.element.setAttribute("aria-activedescendant", `${this.id}-${this.active.row}-${this.active.column}`);
		} else {
			this.element.removeAttribute("aria-activedescendant");
		}
		this.fetch();
	}

	renderHead({ left, right }) {
		const key = `${left},${right},${this.x.place}`;
		if (this.headKey === key) {
			return;
		}
		this.headKey = key;
		const cells = [h("div", { class: "label corner", role: "columnheader", "aria-colindex": "1" }, this.cornerName ?? "row")];
		cells[0].style.width = `${this.labelWidth}px`;
		for (let i = left; i <= right; i++) {
			const column = this.column(i);
			const cell = h("div", { class: `cell ${column.kind}`, role: "columnheader", "aria-colindex": i + 2, title: column.title ?? column.name },
				h("span", { class: "name" }, column.name), column.note && h("span", { class: "note" }, column.note));
			this.place(cell, i);
			cells.push(cell);
		}
		this.header.replaceChildren(...cells);
	}

	place(cell, column) {
		cell.style.left = `${this.labelWidth + this.x.axis.start(column) - this.x.place}px`;
		cell.style.width = `${this.x.axis.width(column)}px`;
	}

	makeRow() {
		const label = h("div", { class: "label", role: "rowheader", "aria-colindex": "1" });
		label.style.width = `${this.labelWidth}px`;
		const element = h("div", { class: "row", role: "row" }, label);
		this.body.append(element);
		return { element, label, cells: [] };
	}

	renderRow(row, r, { left, right }) {
		row.element.style.transform = `translateY(${this.headHeight + this.y.axis.start(r) - this.y.place}px)`;
		row.element.setAttribute("aria-rowindex", r + 2);
		row.label.textContent = this.rowLabel(r);
		for (let i = 0; i <= right - left; i++) {
			if (!row.cells[i]) {
				row.cells[i] = h("div", { role: "gridcell" });
				row.element.append(row.cells[i]);
			}
			this.renderCell(row.cells[i], r, left + i);
		}
		for (const cell of row.cells.splice(Math.max(0, right - left + 1))) {
			cell.remove();
		}
	}

	renderCell(cell, row, column) {
		const content = this.cell(row, column);
		const isActive = row === this.active.row && column === this.active.column;
		const kind = this.column(column).kind;
		cell.id = `${this.id}-${row}-${column}`;
		cell.dataset.row = row;
		cell.dataset.column = column;
		cell.setAttribute("aria-colindex", column + 2);
		cell.setAttribute("aria-selected", isActive);
		cell.className = `cell ${kind} ${content?.class ?? ""} ${content === undefined ? "awaited" : ""}`;
		cell.textContent = content === undefined ? "·" : content.text ?? this.aligned(content, column, kind);
		this.place(cell, column);
	}

	// aligned writes a number so that its point stands below the others.
	aligned(text, column, kind) {
		if (kind !== "float") {
			return text;
		}
		const short = shortened(text);
		return short + " ".repeat(Math.max(0, (this.fractions.get(column) ?? 0) - fraction(short)));
	}

	// load_ asks for the blocks in sight, and no longer for others.
	load_() {
		if (this.isGone) {
			return;
		}
		const seen = this.seen();
		const wanted = new Set();
		for (let r = Math.floor(seen.top / block.rows); r * block.rows <= seen.bottom; r++) {
			for (let c = Math.floor(seen.left / block.columns); c * block.columns <= seen.right; c++) {
				wanted.add(`${r},${c}`);
			}
		}
		for (const [key, entry] of this.blocks) {
			if (entry.abort && !wanted.has(key)) {
				entry.abort.abort();
				this.blocks.delete(key);
			}
		}
		for (const key of wanted) {
			if (!this.blocks.has(key)) {
				this.loadBlock(key);
			}
		}
		for (const key of this.blocks.keys()) {
			if (this.blocks.size <= mostBlocks) {
				break;
			}
			if (!wanted.has(key)) {
				this.blocks.delete(key);
			}
		}
	}

	async loadBlock(key) {
		const [r, c] = key.split(",").map(Number);
		const entry = { abort: new AbortController() };
		this.blocks.set(key, entry);
		this.element.setAttribute("aria-busy", "true");
		try {
			entry.cells = await this.load(r * block.rows, block.rows, c * block.columns, block.columns, entry.abort.signal);
			this.measure(entry.cells, c * block.columns);
		} catch (error) {
			if (error.name !== "AbortError" && !this.isGone) {
				this.failed(error);
			}
			return;
		} finally {
			entry.abort = null;
			if (![...this.blocks.values()].some((other) => other.abort)) {
				this.element.removeAttribute("aria-busy");
			}
		}
		this.render();
		this.tell();
	}

	measure(cells, first) {
		for (const row of cells) {
			row.forEach((text, i) => {
				if (typeof text === "string" && this.column(first + i).kind === "float") {
					this.fractions.set(first + i, Math.max(this.fractions.get(first + i) ?? 0, fraction(shortened(text))));
				}
			});
		}
	}
}

// shortened is a number in eight digits, as NumPy prints it. The line below the table has all of them.
export function shortened(text) {
	if (text.replace(/[^0-9]/g, "").length <= 9 || !Number.isFinite(Number(text))) {
		return text;
	}
	const short = String(Number(Number(text).toPrecision(8)));
	return short.length < text.length ? short : text;
}

// fraction counts the characters from the point on.
function fraction(text) {
	const point = text.search(/[.e]/);
	return point < 0 ? 0 : text.length - point;
}
