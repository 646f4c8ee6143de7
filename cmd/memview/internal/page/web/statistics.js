// The view of figures and histograms.

import { ask } from "./ask.js";
import { count, h, notice } from "./dom.js";

const quantileNames = { "0.01": "1 %", "0.05": "5 %", "0.25": "25 %", "0.5": "median", "0.75": "75 %", "0.95": "95 %", "0.99": "99 %" };

export function statistics(host, part, state, context) {
	const aborted = new AbortController();
	const load = async (all) => {
		host.replaceChildren(h("p", { class: "waiting", role: "status" }, all ? "Reading all items …" : "Reading …"));
		try {
			const answer = await ask("stats", { ...context.question(), all: all ? 1 : "" }, aborted.signal);
			host.replaceChildren(...show(answer, load));
		} catch (error) {
			if (error.name !== "AbortError") {
				context.failed(error);
			}
		}
	};
	load(false);
	return { gone: () => aborted.abort() };
}

function show(answer, load) {
	const parts = [];
	if (answer.sample) {
		parts.push(h("div", { class: "banner" },
			h("p", null, `A sample: ${count(answer.items)} of ${count(answer.of)} items, from all over the array.`),
			h("button", { type: "button", onclick: () => load(true) }, "Read all items")));
	}
	if (answer.columns.length === 0) {
		parts.push(notice("No figures", "The items have no fields."));
	}
	parts.push(h("div", { class: "cards" }, answer.columns.map(card)));
	if (answer.more > 0) {
		parts.push(h("p", { class: "note-line" }, `${count(answer.more)} more columns: name a field behind the slice.`));
	}
	return parts;
}

function card(column) {
	const isText = column.histogram === undefined && column.different !== undefined;
	return h("section", { class: "card" },
		h("h3", null, column.name || "All items", " ", h("span", { class: "dim" }, column.words)),
		!isText && column.histogram && histogram(column),
		h("div", { class: "figures" }, isText ? textFigures(column) : [figures(column), quantiles(column)]));
}

const figure = (name, value, more) => h("tr", null, h("th", { scope: "row" }, name), h("td", null, value, more && h("span", { class: "dim" }, ` · ${more}`)));

const part_ = (n, of) => `${(100 * n / of).toPrecision(3).replace(/\.?0+$/, "")} %`;

function figures(c) {
	const some = (name, n) => n > 0 && figure(name, count(n), part_(n, c.count));
	return h("table", null, h("caption", { class: "visually-hidden" }, `Figures of ${c.name || "all items"}`), h("tbody", null,
		figure("count", count(c.count)), some("NaN", c.nan), some("+Inf", c.posinf), some("−Inf", c.neginf),
		c.min !== undefined && [figure("min", c.min, c.min_at && `at [${c.min_at.join(", ")}]`), figure("max", c.max, c.max_at && `at [${c.max_at.join(", ")}]`),
			figure("mean", c.mean), figure("std", c.std), figure("sum", c.sum)],
		some("zeros", c.zeros), some("negative", c.negatives)));
}

function quantiles(c) {
	return c.quantiles && h("table", null, h("caption", { class: "visually-hidden" }, `Quantiles of ${c.name || "all items"}`), h("tbody", null,
		c.quantiles.map(([part, value]) => figure(quantileNames[part] ?? part, value))));
}

function textFigures(c) {
	return [
		h("table", null, h("caption", { class: "visually-hidden" }, `Figures of ${c.name || "all items"}`), h("tbody", null,
			figure("count", count(c.count)), c.count > 0 && figure("length", `${c.shortest} to ${c.longest}`, `mean ${Number(c.mean_length.toPrecision(5))}`),
			c.empty > 0 && figure("empty", count(c.empty), part_(c.empty, c.count)), figure("different", count(c.different), c.more ? "or more" : ""))),
		c.first.length > 0 && h("table", null, h("caption", null, "The first ones"), h("tbody", null, c.first.map((o) => figure(o.item, `${count(o.count)}`, "times")))),
	];
}

const [width, floor] = [640, 120];

// histogram draws a bar for each bin. The table below it says the same.
function histogram(c) {
	const { counts, edges } = c.histogram;
	const most = Math.max(1, ...counts);
	const side = width / counts.length;
	const label = (i) => `${edges[i]} to ${edges[i + 1]}`;
	const gap = counts.length > 100 ? 0 : Math.min(2, side / 4);
	const bars = counts.map((n, i) => {
		const high = n === 0 ? 0 : Math.max(1.5, n / most * (floor - 8));
		return h("g", null, h("title", null, `${label(i)}: ${count(n)}`),
			h("rect", { class: "hit", x: i * side, y: 0, width: side, height: floor }),
			h("rect", { class: "bin", x: i * side + gap / 2, y: floor - high, width: side - gap, height: high }));
	});
	const short = (x) => String(Number(Number(x).toPrecision(6)));
	return h("figure", { class: "histogram" },
		h("svg", { viewBox: `0 0 ${width} ${floor + 1}`, preserveAspectRatio: "none", role: "img", "aria-label": `Histogram of ${c.name || "all items"} in ${counts.length} bins from ${short(edges[0])} to ${short(edges.at(-1))}` },
			bars, h("line", { x1: 0, y1: floor + 0.5, x2: width, y2: floor + 0.5 })),
		h("p", { class: "ticks", "aria-hidden": "true" }, [edges[0], edges[0] / 2 + edges.at(-1) / 2, edges.at(-1)].map((edge) => h("span", null, short(edge)))),
		h("details", null, h("summary", null, "As a table"), h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Bins" }, h("table", null,
			h("thead", null, h("tr", null, h("th", { scope: "col" }, "bin"), h("th", { scope: "col" }, "items"))),
			h("tbody", null, counts.map((n, i) => h("tr", null, h("th", { scope: "row" }, label(i)), h("td", null, count(n)))))))));
}
