/** Where a text stands in what is drawn. */

import { findAll, fold } from './fold';

/** What is read in a message; all else (names of languages, buttons) is the page's own. */
const FINDABLE = '[data-findable]';
const NOT_READ = 'button, .head, .katex-mathml, [aria-hidden="true"], [data-unsearched]';
const BLOCKS = 'p, li, h1, h2, h3, h4, h5, h6, td, th, pre, blockquote, div';

interface Piece {
	readonly node: Text;
	readonly start: number;
}

/** Every place of a folded query in an element, in the order in which it is read. */
export function findRanges(element: Element, query: string): Range[] {
	return [...element.querySelectorAll(FINDABLE)].flatMap((part) => rangesIn(part, query));
}

function rangesIn(part: Element, query: string): Range[] {
	const pieces: Piece[] = [];
	let text = '';
	let block: Element | null = null;
	const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
	for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
		const parent = node.parentElement;
		if (!(node instanceof Text) || parent === null || isUnread(parent, part)) {
			continue;
		}
		const own = parent.closest(BLOCKS);
		if (block !== null && own !== block) {
			// Words of two blocks do not belong together.
			text += '\n';
		}
		block = own;
		pieces.push({ node, start: text.length });
		text += node.data;
	}
	return findAll(fold(text), query).map(({ start, end }) => {
		const range = document.createRange();
		range.setStart(...placeAt(pieces, start, false));
		range.setEnd(...placeAt(pieces, end, true));
		return range;
	});
}

function isUnread(element: Element, part: Element): boolean {
	const unread = element.closest(NOT_READ);
	return unread !== null && part.contains(unread);
}

function placeAt(pieces: readonly Piece[], at: number, isEnd: boolean): [Text, number] {
	const piece =
		pieces.filter(({ start }) => (isEnd ? start < at : start <= at)).at(-1) ?? pieces[0];
	if (piece === undefined) {
		throw new RangeError('There is no text.');
	}
	return [piece.node, Math.min(at - piece.start, piece.node.data.length)];
}
