// Elements are made by hand: the page makes nothing from text, and its policy would not let it.

const svgNames = new Set(["svg", "rect", "line", "title", "g"]);

// h makes an element. Attributes are properties where they begin with on, and absent where they are false or null.
export function h(name, attributes, ...children) {
	const element = svgNames.has(name) ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
	for (const [key, value] of Object.entries(attributes ?? {})) {
		if (key.startsWith("on")) {
			element.addEventListener(key.slice(2), value);
		} else if (value !== null && value !== undefined && value !== false) {
			element.setAttribute(key, value === true ? "" : value);
		}
	}
	element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
	return element;
}

// say tells a screen reader what has changed.
export function say(text) {
	document.getElementById("status").textContent = text;
}

export const count = (n) => n.toLocaleString("en-US");

export const plural = (n, thing) => `${count(n)} ${thing}${n === 1 ? "" : "s"}`;

export function bytes(n) {
	if (n < 1024) {
		return plural(n, "byte");
	}
	let unit = -1;
	let size = n;
	for (; size >= 1023.95 && unit < 5; unit++) {
		size /= 1024;
	}
	return `${size.toFixed(1)} ${"KMGTPE"[unit]}iB`;
}

export const tuple = (shape) => `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;

// after calls a function when it was not asked to for a while.
export function after(milliseconds, f) {
	let timer = 0;
	return (...args) => {
		clearTimeout(timer);
		timer = setTimeout(() => f(...args), milliseconds);
	};
}

// notice is what stands in a view's place when there is nothing to show.
export function notice(title, text, ...more) {
	return h("div", { class: "notice" }, h(document.querySelector("h1") ? "h3" : "h1", { class: "notice-title" }, title), text && h("p", null, text), ...more);
}
