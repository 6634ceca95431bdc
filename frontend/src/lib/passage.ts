/** What is selected in one message, and where a button beside it would stand. */
export interface Passage {
	text: string;
	x: number;
	y: number;
}

const EDGE = 56;

function messageOf(node: Node): Element | null {
	return (node instanceof Element ? node : node.parentElement)?.closest('[data-turn]') ?? null;
}

/** `null`: nothing is selected, or not in one message. */
export function selectedPassage(): Passage | null {
	const selection = getSelection();
	if (selection === null || selection.isCollapsed || selection.rangeCount === 0) {
		return null;
	}
	const range = selection.getRangeAt(0);
	const message = messageOf(range.startContainer);
	const text = selection.toString().trim();
	if (message === null || message !== messageOf(range.endContainer) || text === '') {
		return null;
	}
	const field = document.activeElement;
	if (field?.matches('input, textarea') && message.contains(field)) {
		return null;
	}
	const box = [...range.getClientRects()].at(-1);
	return {
		text,
		x: Math.max(EDGE, Math.min(innerWidth - EDGE, box?.right ?? 0)),
		y: Math.max(0, Math.min(innerHeight - EDGE, box?.bottom ?? 0))
	};
}
