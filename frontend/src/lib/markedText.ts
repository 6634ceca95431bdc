/** A stretch of a text: what was asked for, or what stands between. */
export interface Piece {
	/** Where it stands in the text. */
	readonly start: number;
	readonly text: string;
	readonly isMatch: boolean;
}

/** So much of a text is left before the first match of an excerpt. */
const LEAD = 48;

/** Cuts a text where its matches begin and end. What cannot be a match is none. */
export function markedPieces(
	text: string,
	matches: readonly (readonly [number, number])[]
): Piece[] {
	const pieces: Piece[] = [];
	let end = 0;
	function add(start: number, until: number, isMatch: boolean): void {
		if (until > start) {
			pieces.push({ start, text: text.slice(start, until), isMatch });
		}
	}
	for (const [from, until] of matches) {
		if (from >= end && until > from && until <= text.length) {
			add(end, from, false);
			add(from, until, true);
			end = until;
		}
	}
	add(end, text.length, false);
	return pieces;
}

/** The same from shortly before the first match on, so that a short line shows it. */
export function excerptPieces(
	text: string,
	matches: readonly (readonly [number, number])[]
): Piece[] {
	const pieces = markedPieces(text, matches);
	const [first, ...others] = pieces;
	if (first === undefined || first.isMatch || others.length === 0 || first.text.length <= LEAD) {
		return pieces;
	}
	const cut = first.text.indexOf(' ', first.text.length - LEAD) + 1;
	return [{ ...first, text: `…${first.text.slice(cut)}` }, ...others];
}
