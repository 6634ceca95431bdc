import type { Attachment } from 'svelte/attachments';

export interface TitlePiece {
	start: number;
	text: string;
	isMatch: boolean;
}

/** A title in pieces, those that fit what was written told apart. */
export function titlePieces(
	title: string,
	ranges: readonly (readonly [number, number])[]
): TitlePiece[] {
	const pieces: TitlePiece[] = [];
	let end = 0;
	for (const [from, to] of ranges) {
		pieces.push({ start: end, text: title.slice(end, from), isMatch: false });
		pieces.push({ start: from, text: title.slice(from, to), isMatch: true });
		end = to;
	}
	pieces.push({ start: end, text: title.slice(end), isMatch: false });
	return pieces.filter(({ text }) => text !== '');
}

/** The row that is meant stays in the view. */
export function shownWhen(isMeant: boolean): Attachment<HTMLElement> {
	return (row) => {
		if (isMeant) {
			row.scrollIntoView({ block: 'nearest' });
		}
	};
}
