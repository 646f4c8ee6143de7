// The view of how items lie in memory.

import { bytes, count, h, plural, tuple } from "./dom.js";

export function layout(host, part) {
	const { info } = part;
	host.append(h("div", { class: "cards" }, strides(info), places(info), fields(part), facts(part)));
	return {};
}

function strides(info) {
	const names = info.shape.map((_, d) => "ijklmnopqrstuvwxyz"[d] ?? `i${d}`);
	const sum = info.strides.map((stride, d) => `${stride < 0 ? "−" : "+"} ${count(Math.abs(stride))}·${names[d]}`).join(" ");
	return h("section", { class: "card" }, h("h3", null, "Strides"),
		h("p", { class: "formula" }, h("code", null, `byte${info.shape.length ? `[${names.join(", ")}]` : ""} = ${count(info.offset)} ${sum}`)),
		info.shape.length > 0 && h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Dimensions" }, h("table", { class: "grid" },
			h("thead", null, h("tr", null, ["dimension", "extent", "stride", "spans"].map((name) => h("th", { scope: "col" }, name)))),
			h("tbody", null, info.shape.map((extent, d) => h("tr", null, h("th", { scope: "row" }, `${d} (${names[d]})`),
				h("td", null, count(extent)), h("td", null, `${info.strides[d].toLocaleString("en-US").replace("-", "−")} B`), h("td", null, bytes(Math.abs(info.strides[d]) * extent))))))),
		h("p", { class: "dim" }, `${contiguous[info.contiguous] ?? ""} ${plural(info.itemsize, "byte")} an item.`));
}

const contiguous = {
	"C": "The items lie one behind the other, the last index running fastest.",
	"Fortran": "The items lie one behind the other, the first index running fastest.",
	"C and Fortran": "The items lie one behind the other.",
	"no": "Between the items lie other bytes, or they lie in another order.",
};

// places says where the first items lie.
function places(info) {
	const own = info.shape.slice(-2);
	if (own.length === 0 || info.shape.includes(0)) {
		return null;
	}
	const [rowStride, columnStride] = own.length === 2 ? info.strides.slice(-2) : [0, info.strides.at(-1)];
	const rows = Math.min(6, own.length === 2 ? own[0] : 1);
	const columns = Math.min(6, own.at(-1));
	const range = (n) => Array.from({ length: n }, (_, i) => i);
	const offsets = range(rows).map((r) => range(columns).map((c) => info.offset + r * rowStride + c * columnStride));
	const all = offsets.flat();
	const [low, high] = [Math.min(...all), Math.max(...all)];
	return h("section", { class: "card" }, h("h3", null, "First items ", h("span", { class: "dim" }, "where they begin")),
		h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Where the first items begin" }, h("table", { class: "grid" },
			h("thead", null, h("tr", null, h("td"), range(columns).map((c) => h("th", { scope: "col" }, String(c))))),
			h("tbody", null, offsets.map((row, r) => h("tr", null, h("th", { scope: "row" }, String(r)), row.map((offset) => {
				const cell = h("td", { class: "place" }, count(offset));
				cell.style.setProperty("--near", `${Math.round(100 * (1 - (high > low ? (offset - low) / (high - low) : 0)))}%`);
				return cell;
			})))))),
		h("p", { class: "dim" }, "In bytes from the start of the ", info.copied ? "unpacked array" : "file", ". The darker, the earlier."));
}

// fields draws the fields of an item, each as wide as its bytes.
function fields(part) {
	const { info } = part;
	const leaves = (info.fields ?? []).filter((f) => !info.fields.some((other) => other.name.startsWith(`${f.name}.`)));
	if (leaves.length === 0) {
		return null;
	}
	const blocks = [];
	let end = 0;
	for (const f of [...leaves].sort((a, b) => a.offset - b.offset)) {
		if (f.offset > end) {
			blocks.push({ name: "padding", size: f.offset - end, isPadding: true });
		}
		blocks.push(f);
		end = Math.max(end, f.offset + f.size);
	}
	if (info.itemsize > end && leaves.length === part.fields) {
		blocks.push({ name: "padding", size: info.itemsize - end, isPadding: true });
	}
	const bar = h("div", { class: "item-bar", "aria-hidden": "true" }, blocks.slice(0, 100).map((b, i) => {
		const block = h("span", { class: b.isPadding ? "block gap" : `block shade${i % 2}`, title: `${b.name}: ${plural(b.size, "byte")}` }, b.name);
		block.style.flexGrow = Math.max(b.size, 1);
		return block;
	}));
	return h("section", { class: "card wide" }, h("h3", null, "An item ", h("span", { class: "dim" }, plural(info.itemsize, "byte"))), bar,
		h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Fields" }, h("table", { class: "grid" },
			h("thead", null, h("tr", null, ["field", "offset", "bytes", "format", "items"].map((name, i) => h("th", { scope: "col", class: i === 0 || i > 2 ? "left" : null }, name)))),
			h("tbody", null, info.fields.map((f) => h("tr", null, h("th", { scope: "row", class: "left" }, f.name), h("td", null, count(f.offset)), h("td", null, count(f.size)),
				h("td", { class: "left" }, h("code", null, f.format)), h("td", { class: "left" }, f.words)))))),
		part.fields > info.fields.length && h("p", { class: "dim" }, `${count(part.fields - info.fields.length)} more fields`));
}

function facts(part) {
	const { info } = part;
	const row = (name, ...value) => h("tr", null, h("th", { scope: "row" }, name), h("td", { class: "left" }, ...value));
	return h("section", { class: "card" }, h("h3", null, "Of what"), h("table", null, h("tbody", null,
		row("file", h("code", null, part.title)), row("kind", `${info.kind}, ${bytes(info.size)}`), row("format", h("code", null, info.format)), row("items", info.words),
		row("shape", h("code", null, tuple(info.shape))), row("order", info.order), row("data", `${bytes(info.nbytes)} from byte ${count(info.offset)}${info.copied ? " of a copy" : ""}`),
		(info.notes ?? []).map((note) => row("note", note)))));
}
