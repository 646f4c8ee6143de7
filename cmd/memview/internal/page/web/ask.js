// Questions to the server that gave the page.

export class Refused extends Error {
	constructor(status, message) {
		super(message);
		this.status = status;
	}
}

// ask returns the answer to a question. What is undefined is left out of it.
export async function ask(path, params, signal) {
	const query = new URLSearchParams();
	for (const [key, value] of Object.entries(params ?? {})) {
		if (value !== undefined && value !== null && value !== "") {
			query.set(key, value);
		}
	}
	let response;
	let answer;
	try {
		response = await fetch(`api/${path}?${query}`, { signal, credentials: "same-origin" });
		answer = await response.json();
	} catch (error) {
		if (error.name === "AbortError") {
			throw error;
		}
		throw new Refused(0, "memview does not answer. Is it still running in its terminal?");
	}
	if (!response.ok) {
		throw new Refused(response.status, answer.error);
	}
	return answer;
}
