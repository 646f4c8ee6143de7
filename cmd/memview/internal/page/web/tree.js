// What is inside the files, as a tree: files, arrays, and the fields of the array that is shown.

import { ask } from "./ask.js";
import { after, bytes, count, h, plural, tuple } from "./dom.js";

const many = 20; // arrays that have a field to search them

export class Tree {
	// link makes an address of a part; failed gets errors.
	constructor(host, files, { link, failed }) {
		Object.assign(this, { host, link, failed });
		this.files = files.map((file, index) => this.makeFile(file, index));
		host.replaceChildren(...this.files.map((file) => file.element));
	}

	makeFile(file, index) {
		const list = h("ul", { class: "arrays" });
		const summary = h("summary", { title: file.name }, h("span", { class: "file-name" }, shortName(file.name)), h("span", { class: "dim" }, `${file.kind} · ${bytes(file.size)}`));
		const search = file.arrays > many && h("input", { type: "search", placeholder: `Search ${plural(file.arrays, "array")}`, "aria-label": `Search the arrays of ${file.name}`, class: "search" });
		const entry = { ...file, index, list, isLoaded: false };
		entry.element = h("details", { ontoggle: () => entry.element.open && this.load(entry) }, summary, search, list,
			file.skipped.map((s) => h("p", { class: "skipped" }, `${s.name}: ${s.reason}`)));
		search && search.addEventListener("input", after(200, () => this.load(entry, search.value, true)));
		return entry;
	}

	async load(entry, find = "", again = false) {
		if (entry.isLoaded && !again) {
			return;
		}
		entry.isLoaded = true;
		try {
			await this.more(entry, find, 0);
		} catch (error) {
			entry.isLoaded = false;
			this.failed(error);
		}
	}

	async more(entry, find, from) {
		const answer = await ask("arrays", { file: entry.index, find, from });
		const items = answer.arrays.map((array) => h("li", null, h("a", { href: this.link({ file: entry.name, array: array.name }), "data-array": array.name },
			array.name ? [h("span", { class: "array-name" }, array.name), h("span", { class: "dim" }, `${array.words} ${tuple(array.shape)}`)]
				: [h("span", { class: "array-name" }, tuple(array.shape)), h("span", { class: "dim" }, array.words)])));
		if (from === 0) {
			entry.list.replaceChildren(...items);
		} else {
			entry.list.append(...items);
		}
		const left = answer.found - from - items.length;
		if (left > 0) {
			const button = h("button", { type: "button", class: "quiet", onclick: () => { item.remove(); this.more(entry, find, from + items.length).catch(this.failed); } }, `${count(left)} more`);
			const item = h("li", null, button);
			entry.list.append(item);
		}
		if (answer.found === 0) {
			entry.list.append(h("li", { class: "dim none" }, find ? "None of this name" : "No arrays"));
		}
		this.mark();
	}

	// show marks the array that is shown, and lists its fields below it.
	async show(state, fields) {
		this.shown = { state, fields };
		const entry = this.files.find((file) => file.name === state.file);
		if (entry && !entry.element.open) {
			entry.element.open = true;
		}
		if (entry) {
			await this.load(entry);
		}
		this.mark();
	}

	mark() {
		for (const entry of this.files) {
			for (const link of entry.list.querySelectorAll("a[data-array]")) {
				const isShown = this.shown && entry.name === this.shown.state.file && link.dataset.array === this.shown.state.array;
				link.toggleAttribute("aria-current", false);
				link.parentElement.querySelector(".fields")?.remove();
				if (isShown) {
					link.setAttribute("aria-current", "true");
					this.markFields(link.parentElement);
				}
			}
		}
	}

	markFields(item) {
		const { state, fields } = this.shown;
		if (fields.length === 0) {
			return;
		}
		item.append(h("ul", { class: "fields" }, fields.map((f) => h("li", null,
			h("a", { href: this.link({ ...state, slice: `.${f.name}`, at: [], row: 0, column: 0 }), "aria-current": state.slice === `.${f.name}` ? "true" : null, class: `deep${Math.min(4, f.name.split(".").length)}` },
				h("span", { class: "array-name" }, f.name.split(".").pop()), h("span", { class: "dim" }, f.words))))));
	}
}

// shortName is the end of a path.
const shortName = (path) => path.split(/[\\/]/).pop() || path;
