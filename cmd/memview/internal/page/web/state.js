// What is shown stands in the address behind the #, where no server sees it: links carry all of it.

const defaults = { file: "", array: "", slice: "", view: "table", at: [], row: 0, column: 0 };

export const views = ["table", "picture", "statistics", "bytes", "layout"];

// parse reads it. What makes no sense has its default.
export function parse(hash) {
	const params = new URLSearchParams(hash.replace(/^#/, ""));
	const index = (text) => (/^\d{1,15}$/.test(text ?? "") ? Number(text) : 0);
	return {
		file: params.get("file") ?? "",
		array: params.get("array") ?? "",
		slice: params.get("slice") ?? "",
		view: views.includes(params.get("view")) ? params.get("view") : defaults.view,
		at: (params.get("at") ?? "").split(",").filter(Boolean).slice(0, 64).map(index),
		row: index(params.get("row")),
		column: index(params.get("column")),
	};
}

// format writes it, without what is as it always is. Brackets and colons stay readable.
export function format(state) {
	const parts = [];
	for (const key of Object.keys(defaults)) {
		const text = String(state[key]);
		if (text !== String(defaults[key]) && !(key === "at" && !state.at.some(Boolean))) {
			parts.push(`${key}=${encodeURIComponent(text).replace(/%(5B|5D|3A|2C|2F)/g, decodeURIComponent)}`);
		}
	}
	return `#${parts.join("&")}`;
}
