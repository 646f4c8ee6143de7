// The view of the last dimensions as an image, or as colours.

import { ask } from "./ask.js";
import { after, count, h, notice } from "./dom.js";
import { leading } from "./leading.js";
import { shortened } from "./table.js";

export function picture(host, part, state, context) {
	const kind = part.picture;
	if (!kind) {
		host.append(notice("No picture", part.noPicture));
		return {};
	}
	let at = kind.leading.map((extent, d) => Math.min(extent - 1, state.at[d] ?? 0));
	let aborted = new AbortController();
	const canvas = h("canvas", { role: "img", "aria-label": `Picture of ${part.title}` });
	const value = h("output", { class: "cell-line" }, "Point at an item to see its value.");
	const legend = h("div", { class: "legend" });
	const stage = h("div", { class: "stage", "aria-busy": "true" }, canvas);
	let shown = null;

	let all = false;
	const load = async () => {
		aborted.abort();
		aborted = new AbortController();
		stage.setAttribute("aria-busy", "true");
		try {
			shown = await ask("picture", { ...context.question(), at: at.join(","), all: all ? 1 : "" }, aborted.signal);
			paint(canvas, shown);
			legend.replaceChildren(...legendOf(shown));
			if (shown.coarse) {
				legend.prepend(h("div", { class: "banner" }, h("p", null, "Some of the rows, so that little is read."),
					h("button", { type: "button", onclick: () => { all = true; load(); } }, "Read all of them")));
			}
			stage.removeAttribute("aria-busy");
		} catch (error) {
			if (error.name !== "AbortError") {
				context.failed(error);
			}
		}
	};
	const look = after(60, async (row, column) => {
		try {
			const index = [...at, row, column, ...(kind.channels ? [null] : [])].map((i) => (i === null ? "" : i));
			const answer = await ask("item", { ...context.question(), index: index.filter((i) => i !== "").join(",") }, aborted.signal);
			value.replaceChildren(h("code", null, `[${[...at, row, column].join(", ")}]`), h("span", { class: "dim" }, " = "), answer.text);
		} catch (error) {
			if (error.name !== "AbortError") {
				value.textContent = error.message;
			}
		}
	});
	canvas.addEventListener("pointermove", (event) => {
		const box = canvas.getBoundingClientRect();
		const place = (part, extent) => Math.max(0, Math.min(extent - 1, Math.floor(part * extent)));
		look(place((event.clientY - box.top) / box.height, kind.rows), place((event.clientX - box.left) / box.width, kind.columns));
	});
	const reload = after(40, load);
	host.append(
		...[leading(kind.leading, at, (indices) => {
			at = indices;
			context.moved({ at });
			reload();
		})].filter(Boolean),
		h("div", { class: "picture" }, stage, legend), h("div", { class: "foot" }, value),
	);
	load();
	return { gone: () => aborted.abort() };
}

// paint fills the canvas with pixels, one for each cell; the page stretches it.
function paint(canvas, answer) {
	const pixels = Uint8ClampedArray.from(atob(answer.pixels), (c) => c.charCodeAt(0));
	canvas.width = answer.columns;
	canvas.height = answer.rows;
	canvas.getContext("2d").putImageData(new ImageData(pixels, answer.columns, answer.rows), 0, 0);
	canvas.style.setProperty("--ratio", `${answer.of[1]} / ${answer.of[0]}`);
	canvas.style.aspectRatio = `${Math.max(1, Math.min(answer.of[1], 20 * answer.of[0]))} / ${Math.max(1, Math.min(answer.of[0], 20 * answer.of[1]))}`;
	const grow = Math.max(1, Math.floor(Math.min(768 / answer.columns, 560 / answer.rows)));
	canvas.style.width = `${answer.columns * grow}px`;
	canvas.classList.toggle("smooth", false);
}

function legendOf(answer) {
	const parts = [];
	if (answer.low !== undefined) {
		const bar = h("canvas", { width: 256, height: 1, class: "scale", role: "img", "aria-label": `Colours from ${answer.low} to ${answer.high}` });
		const colours = Uint8ClampedArray.from(atob(answer.colors), (c) => c.charCodeAt(0));
		bar.getContext("2d").putImageData(new ImageData(colours, 256, 1), 0, 0);
		parts.push(h("div", { class: "scale-line" }, h("span", null, shortened(answer.low)), bar, h("span", null, shortened(answer.high))));
	}
	parts.push(h("p", { class: "dim" }, `${count(answer.of[0])} × ${count(answer.of[1])}`,
		answer.columns < answer.of[1] || answer.rows < answer.of[0] ? `, shown as ${count(answer.rows)} × ${count(answer.columns)}` : "", answer.note ? `. ${answer.note}` : ""));
	return parts;
}
