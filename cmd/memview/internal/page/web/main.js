// The page: it reads what its address says, and shows that.

import { ask, Refused } from "./ask.js";
import { bytesView } from "./bytes.js";
import { cells } from "./cells.js";
import { after, bytes, h, notice, say, tuple } from "./dom.js";
import { layout } from "./layout.js";
import { picture } from "./picture.js";
import { format, parse, views } from "./state.js";
import { statistics } from "./statistics.js";
import { Tree } from "./tree.js";

const main = document.getElementById("main");
const filesHost = document.getElementById("files");
const toggle = document.getElementById("files-toggle");
const show = { table: cells, picture, statistics, bytes: bytesView, layout };
const titles = { table: "Table", picture: "Picture", statistics: "Statistics", bytes: "Bytes", layout: "Layout" };

let files = [];
let tree;
let state = parse("");
let part = null; // what the server says of the part that is shown
let whole = null; // and of the array it was cut from
let current = {}; // the view
let known = ""; // the address that was read last
let framed = ""; // the array that the page shows, by its address
let asked = new AbortController();

const link = (other) => format({ ...parse(""), view: state.view, ...other });
const question = () => ({ file: fileIndex(), array: state.array, slice: state.slice });
const fileIndex = () => Math.max(0, files.findIndex((file) => file.name === state.file));

// go changes the address, which leads to what it says.
function go(change) {
	location.hash = format({ ...state, ...change });
}

// remember writes what is seen into the address, unless that has just been changed.
const remember = after(200, () => known === location.hash && rewrite());

function rewrite() {
	history.replaceState(null, "", format(state));
	known = location.hash;
}

function problem(error) {
	if (error.status === 401) {
		return notice("This browser has not been let in", null,
			h("p", null, "Open the link that memview printed in its terminal. It lets one browser in, once; if it was used already, the terminal has a new one now."));
	}
	const again = h("button", { type: "button", onclick: () => start() }, "Try again");
	if (error.status === 0) {
		return notice("No answer", error.message, again);
	}
	return notice(error.status === 410 ? "The file has changed" : "This cannot be shown", error.message, again);
}

function fail(error) {
	framed = "";
	main.removeAttribute("aria-busy");
	current.gone?.();
	current = {};
	main.replaceChildren();
	main.append(h("div", { class: "whole-problem", role: "alert" }, problem(error)));
}

// failed shows an error in the place of the view.
function failed(error) {
	current.gone?.();
	current = {};
	const host = document.getElementById("view");
	if (!host || error.status === 401) {
		fail(error);
		return;
	}
	host.replaceChildren(h("div", { role: "alert" }, problem(error)));
}

async function start() {
	main.setAttribute("aria-busy", "true");
	try {
		const answer = await ask("files");
		files = answer.files;
	} catch (error) {
		fail(error);
		return;
	}
	main.replaceChildren();
	tree = new Tree(filesHost, files, { link, failed: (error) => say(error.message) });
	part = null;
	await read();
}

// read follows the address.
async function read() {
	const before = state;
	known = location.hash;
	state = parse(known);
	if (!files.some((file) => file.name === state.file)) {
		if (state.file !== "") {
			fail(new Refused(404, `${state.file} is not among the files that memview serves now: ${files.map((file) => file.name).join(", ")}`));
			return;
		}
		const first = await firstArray(files[0]);
		state = { ...state, file: files[0].name, array: state.array || first };
		rewrite();
	}
	const isSame = part && before.file === state.file && before.array === state.array && before.slice === state.slice;
	if (!isSame) {
		await describe();
		return;
	}
	draw();
}

async function firstArray(file) {
	try {
		return (await ask("arrays", { file: files.indexOf(file) })).arrays[0]?.name ?? "";
	} catch {
		return "";
	}
}

// describe asks what the part is. While its slice is wrong, the one before stays.
async function describe() {
	asked.abort();
	asked = new AbortController();
	main.setAttribute("aria-busy", "true");
	try {
		const [answer, all] = await Promise.all([
			ask("array", question(), asked.signal),
			state.slice ? ask("array", { ...question(), slice: "" }, asked.signal) : null,
		]);
		[part, whole] = [answer, all ?? answer];
	} catch (error) {
		if (error.name === "AbortError") {
			return;
		}
		main.removeAttribute("aria-busy");
		if (state.slice === "" || ![400, 404].includes(error.status)) {
			part = null;
			fail(error);
			return;
		}
		await wrongSlice(error);
		return;
	}
	main.removeAttribute("aria-busy");
	frame();
	draw();
	tree.show(state, whole.info.fields ?? []);
}

// wrongSlice keeps what was shown, or the whole array, with the error below the field.
async function wrongSlice(error) {
	const typed = state.slice;
	if (framed !== format({ ...parse(""), file: state.file, array: state.array })) {
		try {
			part = whole = await ask("array", { ...question(), slice: "" });
		} catch (other) {
			fail(other);
			return;
		}
		state.slice = "";
		frame();
		draw();
		tree.show(state, whole.info.fields ?? []);
	}
	document.getElementById("slice").value = typed;
	sliceProblem(error.message);
}

function sliceProblem(message) {
	const field = document.getElementById("slice");
	const place = document.getElementById("slice-problem");
	place.replaceChildren(message ?? "");
	field.setAttribute("aria-invalid", message ? "true" : "false");
}

// frame is what stands around every view.
function frame() {
	current.gone?.();
	current = {};
	const { info } = part;
	framed = format({ ...parse(""), file: state.file, array: state.array });
	const [, folder, file] = state.file.match(/^(.*[\\/])?(.*)$/);
	document.title = `${part.title} – memview`;
	const field = h("input", {
		id: "slice", type: "text", value: state.slice, spellcheck: "false", autocomplete: "off", autocapitalize: "off", placeholder: hint(whole.info),
		"aria-describedby": "slice-problem slice-hint", "aria-invalid": "false", oninput: () => sliceProblem(null),
	});
	const form = h("form", { class: "slice", onsubmit: (event) => {
		event.preventDefault();
		const slice = field.value.trim();
		const next = { slice, at: [], row: 0, column: 0 };
		if (format({ ...state, ...next }) === location.hash) {
			read();
		} else {
			go(next);
		}
	} },
	h("label", { for: "slice" }, "Slice"), h("div", { class: "slice-line" }, field, h("button", { type: "submit" }, "Show"),
		state.slice && h("button", { type: "button", class: "quiet", onclick: () => go({ slice: "", at: [], row: 0, column: 0 }) }, "Whole array")),
	h("p", { id: "slice-problem", class: "problem", role: "alert" }),
	h("p", { id: "slice-hint", class: "dim hint" }, "As in Python: ", h("code", null, hint(whole.info)), ". Enter shows it, / brings you here."));
	const tabs = h("nav", { class: "views", "aria-label": "Views" }, h("ul", null, views.map((view) => h("li", null, h("a", { "data-view": view }, titles[view])))));
	main.replaceChildren(
		h("div", { class: "head" },
			h("h1", null, folder && h("span", { class: "folder" }, folder), file, state.array && [h("span", { class: "folder" }, " : "), state.array]),
			h("p", { class: "facts" }, h("span", { class: "chip" }, info.words), h("code", { class: "chip" }, tuple(info.shape)), String(part.whole) !== String(info.shape) && h("span", { class: "dim" }, `of ${tuple(part.whole)}`),
				h("span", { class: "dim" }, bytes(info.nbytes)), info.contiguous === "no" && h("span", { class: "dim" }, "not contiguous"), info.copied && h("span", { class: "dim" }, "unpacked copy")),
			(info.notes ?? []).map((note) => h("p", { class: "note-line" }, note)),
			form, elsewhere()),
		tabs,
		h("h2", { id: "view-title", class: "visually-hidden" }),
		h("div", { id: "view", class: "view" }));
}

// hint is a slice that suits the array.
function hint(info) {
	const d = info.shape.length;
	const fieldName = info.fields?.[0]?.name;
	const index = ["[...]", "[::2]", "[::2, -1]", "[0, :, ::-1]"][d] ?? "[0, ..., ::2]";
	return fieldName ? `${d === 0 ? "" : "[:5]"}.${fieldName}` : index;
}

// elsewhere has the lines that open the same part in other places.
function elsewhere() {
	const lines = { Link: null, Python: part.code.python, Go: part.code.go, Shell: part.code.shell, Remote: part.remote && `memview show ${shellQuoted(location.origin + part.remote)}` };
	const rows = Object.entries(lines).filter(([, text]) => text !== "").map(([name, text]) => {
		const code = h("code", { tabindex: "0", role: "region", "aria-label": `${name} code` }, text ?? "the address of this page, with all that you see");
		const button = h("button", { type: "button", "aria-label": `Copy ${name}`, onclick: () => copy(button, text ?? location.href, code) }, "Copy");
		return h("div", { class: "code-line" }, h("span", { class: "code-name" }, name), code, button);
	});
	return h("details", { class: "elsewhere" }, h("summary", null, "Open this part elsewhere"), rows);
}

// shellQuoted is a word as a shell takes it.
const shellQuoted = (word) => `'${word.replaceAll("'", "'\\''")}'`;

async function copy(button, text, code) {
	try {
		await navigator.clipboard.writeText(text);
		button.textContent = "Copied";
		say("Copied");
		setTimeout(() => { button.textContent = "Copy"; }, 1500);
	} catch {
		getSelection().selectAllChildren(code);
		say("Selected: copy it by the keyboard");
	}
}

// draw shows the view that the address names.
function draw() {
	for (const tab of main.querySelectorAll("a[data-view]")) {
		tab.setAttribute("href", format({ ...state, view: tab.dataset.view }));
		tab.toggleAttribute("aria-current", false);
		if (tab.dataset.view === state.view) {
			tab.setAttribute("aria-current", "page");
			const list = tab.closest("ul");
			list.scrollLeft = tab.parentElement.offsetLeft - (list.clientWidth - tab.clientWidth) / 2;
		}
	}
	document.getElementById("view-title").textContent = titles[state.view];
	const host = document.getElementById("view");
	current.gone?.();
	host.className = `view view-${state.view}`;
	host.replaceChildren();
	current = {};
	current = show[state.view](host, part, state, {
		question, failed,
		moved: (change) => {
			Object.assign(state, change);
			for (const tab of main.querySelectorAll("a[data-view]")) {
				tab.setAttribute("href", format({ ...state, view: tab.dataset.view }));
			}
			remember();
		},
	}) ?? {};
}

addEventListener("hashchange", () => (files.length > 0 ? read() : start()));

addEventListener("keydown", (event) => {
	if (event.target.matches("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) {
		return;
	}
	if (event.key === "/") {
		document.getElementById("slice")?.select();
		event.preventDefault();
	}
	if (event.key === "g" && current.search) {
		current.search();
		event.preventDefault();
	}
});

document.getElementById("skip").addEventListener("click", (event) => {
	event.preventDefault();
	(current.focus ?? (() => main.focus()))();
});

toggle.addEventListener("click", () => {
	const isOpen = filesHost.classList.toggle("open");
	toggle.setAttribute("aria-expanded", isOpen);
});
filesHost.addEventListener("click", (event) => {
	if (event.target.closest("a")) {
		filesHost.classList.remove("open");
		toggle.setAttribute("aria-expanded", false);
	}
});

start();
