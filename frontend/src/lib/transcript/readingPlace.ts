/** Where the reader is: the text at the top of the view, found again after the layout has changed. */

/** An element at the top of the view, and how far from it its own top is. */
interface Mark {
	readonly element: Element;
	readonly offset: number;
}

/** Nested elements at the top of the view, the innermost last. */
export type ReadingPlace = readonly Mark[];

const DEEPEST = 10;
/** What is in these is not looked at one by one. */
const WHOLE = 'p, pre, table, button, svg, textarea, .katex-display';

export function findPlace(scroller: HTMLElement): ReadingPlace {
	const edge = scroller.getBoundingClientRect().top;
	const marks: Mark[] = [];
	let parent: Element = scroller;
	while (marks.length < DEEPEST && !parent.matches(WHOLE)) {
		const element = firstBelow(parent.children, edge);
		// Empty room says nothing about a place.
		if (element === null || element.hasAttribute('data-gap')) {
			break;
		}
		const { top } = element.getBoundingClientRect();
		marks.push({ element, offset: top - edge });
		if (top >= edge) {
			break;
		}
		parent = element;
	}
	return marks;
}

/** How far the place has moved; 0 when nothing of it is there any more. */
export function driftOf(place: ReadingPlace, scroller: HTMLElement): number {
	const mark = [...place]
		.reverse()
		.find(({ element }) => element.isConnected && element.getClientRects().length > 0);
	if (mark === undefined) {
		return 0;
	}
	const edge = scroller.getBoundingClientRect().top;
	return mark.element.getBoundingClientRect().top - edge - mark.offset;
}

/** The first of the children, which stand below each other, whose bottom lies under a line. */
function firstBelow(children: HTMLCollection, line: number): Element | null {
	let low = 0;
	let high = children.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		const child = children[middle];
		if (child !== undefined && child.getBoundingClientRect().bottom > line + 1) {
			high = middle;
		} else {
			low = middle + 1;
		}
	}
	return children[low] ?? null;
}
