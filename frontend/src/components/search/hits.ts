/** What a hit is made of on the page. */

import type { SearchHit } from '../../lib/backend/protocol';

export interface HitPiece {
	start: number;
	text: string;
	isMatch: boolean;
}

/** The name of a hit's element, in the list of this name. */
export function hitId(listId: string, { conversation_id, message_id }: SearchHit): string {
	return `${listId}-${conversation_id}-${message_id}`;
}

/** The snippet in pieces, those that were asked for told apart. */
export function piecesOf({ snippet, matches }: SearchHit): HitPiece[] {
	const pieces: HitPiece[] = [];
	let end = 0;
	for (const [from, to] of matches) {
		pieces.push({ start: end, text: snippet.slice(end, from), isMatch: false });
		pieces.push({ start: from, text: snippet.slice(from, to), isMatch: true });
		end = to;
	}
	pieces.push({ start: end, text: snippet.slice(end), isMatch: false });
	return pieces.filter(({ text }) => text !== '');
}

/** The words that matched, as they are written, each once. */
export function matchedWords(hit: SearchHit): string[] {
	const found = piecesOf(hit).filter(({ isMatch }) => isMatch);
	return [...new Set(found.map(({ text }) => text))];
}

/** Of the closest hit, how close another one is at least to be called close. */
const CLOSE = 0.8;

/** Whether these hits have none of the words, and are about as close in meaning as any that was found. */
export function areCloseInMeaning(hits: readonly SearchHit[], all: readonly SearchHit[]): boolean {
	const closest = Math.max(0, ...all.map(({ likeness }) => likeness));
	const isClose = hits.some(({ likeness }) => likeness > 0 && likeness >= CLOSE * closest);
	return isClose && hits.every(({ matches }) => matches.length === 0);
}
