/** Text as it is compared when something is looked for: small letters, without accents. */

export interface Folded {
	readonly text: string;
	/** Where each sign comes from; `null`: each from the same place. */
	readonly origins: readonly number[] | null;
}

const ASCII = /^[\0-\x7f]*$/;
const ACCENTS = /\p{M}/gu;

export function fold(text: string): Folded {
	if (ASCII.test(text)) {
		return { text: text.toLowerCase(), origins: null };
	}
	let folded = '';
	const origins: number[] = [];
	let at = 0;
	for (const sign of text) {
		const plain = sign.normalize('NFKD').replace(ACCENTS, '').toLowerCase();
		for (let index = 0; index < plain.length; index += 1) {
			origins.push(at);
		}
		folded += plain;
		at += sign.length;
	}
	origins.push(at);
	return { text: folded, origins };
}

/** A found place, in the text that was not folded. */
export interface Found {
	readonly start: number;
	readonly end: number;
}

/** Every place of a folded query, one after the other. */
export function findAll({ text, origins }: Folded, query: string): Found[] {
	const places: Found[] = [];
	if (query === '') {
		return places;
	}
	for (let at = text.indexOf(query); at !== -1; at = text.indexOf(query, at + query.length)) {
		const end = at + query.length;
		places.push(
			origins === null ? { start: at, end } : { start: origins[at] ?? 0, end: endOf(origins, end) }
		);
	}
	return places;
}

/** Accents that follow the last sign belong to it. */
function endOf(origins: readonly number[], end: number): number {
	return origins[end] ?? origins.at(-1) ?? 0;
}

export function countOf(folded: string, query: string): number {
	let count = 0;
	for (let at = folded.indexOf(query); at !== -1; at = folded.indexOf(query, at + query.length)) {
		count += 1;
	}
	return count;
}
