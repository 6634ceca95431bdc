/** Numbers of passages that were recalled for an answer: `[1]` in its text speaks of one. */

import type { Tokens } from 'marked';

export interface CitationToken extends Tokens.Generic {
	type: 'citation';
	number: number;
}

/** The numbers that there are. */
export type Citations = ReadonlySet<number>;

export const NO_CITATIONS: Citations = new Set();

// Followed by a bracket, a parenthesis or a colon it is a link, or says what one means.
const CITATION = /^\[([1-9]\d?)\](?![[(:])/;

export function findCitation(source: string): number {
	return source.search(/\[[1-9]\d?\]/);
}

/** What is no passage, or the name of a link, stays as it is written. */
export function readCitation(
	source: string,
	citations: Citations,
	isLink: (name: string) => boolean
): CitationToken | undefined {
	const match = CITATION.exec(source);
	const number = Number(match?.[1]);
	if (!match || !citations.has(number) || isLink(String(number))) {
		return undefined;
	}
	return { type: 'citation', raw: match[0], number };
}
