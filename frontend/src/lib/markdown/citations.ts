/** Numbers of passages that were recalled for an answer: `[1]` in its text speaks of one. */

import type { Tokens } from 'marked';

export interface CitationToken extends Tokens.Generic {
	type: 'citation';
	number: number;
}

/** The numbers that there are. */
export type Citations = ReadonlySet<number>;

export const NO_CITATIONS: Citations = new Set();

// Followed by a bracket or a parenthesis it is a link; by a colon where a line begins, it says what
// one means. The space before it goes with it, for it is the most of the room before the chip.
const CITATION = /^(?: \[([1-9]\d?)\](?![[(])|\[([1-9]\d?)\](?![[(:]))/;

export function findCitation(source: string): number {
	return source.search(/ ?\[[1-9]\d?\]/);
}

/** What is no passage, or the name of a link, stays as it is written. */
export function readCitation(
	source: string,
	citations: Citations,
	isLink: (name: string) => boolean
): CitationToken | undefined {
	const match = CITATION.exec(source);
	const number = Number(match?.[1] ?? match?.[2]);
	if (!match || !citations.has(number) || isLink(String(number))) {
		return undefined;
	}
	return { type: 'citation', raw: match[0], number };
}
