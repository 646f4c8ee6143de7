// An axis of a table: places of rows or columns in pixels, and what part of them a scroll position shows. Browsers cap the
// size of elements; beyond that, the outer parts of a scroll bar still move pixel by pixel, and its middle is compressed.

const longest = 8_000_000; // pixels: every browser has elements of this size
const edge = 1_000_000;

export class Axis {
	// sizes is one size for all, or a list of them.
	constructor(count, sizes) {
		this.count = count;
		if (typeof sizes === "number") {
			this.size = sizes;
			this.total = count * sizes;
			return;
		}
		this.starts = [0];
		for (const size of sizes) {
			this.starts.push(this.starts.at(-1) + size);
		}
		this.total = this.starts.at(-1);
	}

	start(i) {
		return this.starts ? this.starts[Math.min(i, this.count)] : i * this.size;
	}

	width(i) {
		return this.start(i + 1) - this.start(i);
	}

	// find is what lies at a place.
	find(place) {
		if (!this.starts) {
			return Math.max(0, Math.min(this.count - 1, Math.floor(place / this.size)));
		}
		let low = 0;
		let high = this.count - 1;
		while (low < high) {
			const middle = (low + high + 1) >> 1;
			if (this.starts[middle] <= place) {
				low = middle;
			} else {
				high = middle - 1;
			}
		}
		return Math.max(0, low);
	}

	get isCompressed() {
		return this.total > longest;
	}

	// extent is the size of the element that is scrolled.
	get extent() {
		return Math.min(this.total, longest);
	}

	// last is the greatest place that a view of so many pixels begins at.
	last(view) {
		return Math.max(0, this.total - view);
	}

	toScroll(place, view) {
		const [end, scrollEnd] = [this.last(view), Math.max(0, this.extent - view)];
		if (!this.isCompressed || place <= edge) {
			return place;
		}
		if (place >= end - edge) {
			return scrollEnd - (end - place);
		}
		return edge + ((place - edge) / (end - 2 * edge)) * (scrollEnd - 2 * edge);
	}

	toPlace(scroll, view) {
		const [end, scrollEnd] = [this.last(view), Math.max(0, this.extent - view)];
		if (!this.isCompressed || scroll <= edge) {
			return scroll;
		}
		if (scroll >= scrollEnd - edge) {
			return end - (scrollEnd - scroll);
		}
		return edge + ((scroll - edge) / (scrollEnd - 2 * edge)) * (end - 2 * edge);
	}
}

// Scroll follows a scroll position along an axis.
export class Scroll {
	constructor(axis) {
		this.axis = axis;
		this.place = 0;
		this.position = 0; // of the element
	}

	// moved takes what the element says. A small move in the compressed part is one of so many pixels.
	moved(position, view) {
		const by = position - this.position;
		this.position = position;
		if (by === 0) {
			return;
		}
		const isSmall = this.axis.isCompressed && Math.abs(by) < view;
		this.place = isSmall ? this.place + by : this.axis.toPlace(position, view);
		this.place = Math.max(0, Math.min(this.axis.last(view), this.place));
	}

	// show moves as little as brings one row or column into a view of so many pixels.
	show(i, view) {
		const start = this.axis.start(i);
		const end = start + this.axis.width(i);
		if (start < this.place || end - start > view) {
			this.place = start;
		} else if (end > this.place + view) {
			this.place = end - view;
		}
		this.place = Math.max(0, Math.min(this.axis.last(view), this.place));
	}
}
