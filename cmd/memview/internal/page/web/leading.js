// Sliders for the dimensions that a view has no room for.

import { h } from "./dom.js";

// leading makes one for each extent. changed gets all indices.
export function leading(extents, at, changed) {
	if (extents.length === 0) {
		return null;
	}
	const indices = extents.map((extent, d) => Math.max(0, Math.min(extent - 1, at[d] ?? 0)));
	const fields = extents.map((extent, d) => {
		const set = (value, other) => {
			const index = Math.max(0, Math.min(extent - 1, Math.floor(Number(value)) || 0));
			other.value = index;
			indices[d] = index;
			changed([...indices]);
		};
		const id = `leading-${d}`;
		const slider = h("input", {
			type: "range", min: 0, max: Math.max(0, extent - 1), value: indices[d], "aria-label": `Index of dimension ${d}`, disabled: extent < 2,
			oninput: () => set(slider.value, number),
		});
		const number = h("input", {
			type: "number", id, min: 0, max: Math.max(0, extent - 1), value: indices[d], disabled: extent < 2,
			onchange: () => { set(number.value, slider); number.value = indices[d]; },
		});
		return h("div", { class: "leading-field" }, h("label", { for: id }, `dim ${d}`), slider, number, h("span", { class: "dim" }, `of ${extent.toLocaleString("en-US")}`));
	});
	return h("fieldset", { class: "leading" }, h("legend", { class: "visually-hidden" }, "Dimensions beside the last ones"), fields);
}
