import { selectedPassage } from '../../lib/passage';

/** Text under the pointer that can be copied, and a field that can be written into. */
export interface TextTarget {
	/** The field, else the element whose text was pressed. */
	element: HTMLElement;
	isEditable: boolean;
	hasSelection: boolean;
	/** The selection is lost while the menu has the focus. */
	range: Range | null;
	field: { start: number; end: number } | null;
	/** What is selected in one message. */
	passage: string | null;
}

const PASTE_WAITS_MS = 1_000;

type Field = HTMLInputElement | HTMLTextAreaElement;

function isField(element: Element | null): element is Field {
	return element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement;
}

/** What a press on this node is about; `null`: no text, so no menu. */
export function textTarget(node: EventTarget | null): TextTarget | null {
	if (!(node instanceof HTMLElement)) {
		return null;
	}
	const field = node.closest('input, textarea');
	if (isField(field)) {
		const start = field.selectionStart ?? 0;
		const end = field.selectionEnd ?? 0;
		return {
			element: field,
			isEditable: !field.readOnly && !field.disabled,
			hasSelection: end > start,
			range: null,
			field: { start, end },
			passage: null
		};
	}
	const selection = getSelection();
	const hasSelection = selection !== null && !selection.isCollapsed;
	const element = node.closest<HTMLElement>('article, pre, p, dd, [data-selectable]');
	if (element === null && !hasSelection) {
		return null;
	}
	return {
		element: element ?? node,
		isEditable: false,
		hasSelection,
		range: hasSelection ? selection.getRangeAt(0) : null,
		field: null,
		passage: selectedPassage()?.text ?? null
	};
}

/** Brings back what was selected before the menu took the focus. */
function reselect(target: TextTarget): void {
	if (target.field !== null && isField(target.element)) {
		target.element.focus();
		target.element.setSelectionRange(target.field.start, target.field.end);
	} else if (target.range !== null) {
		const selection = getSelection();
		selection?.removeAllRanges();
		selection?.addRange(target.range);
	}
}

export function copySelection(target: TextTarget, how: 'copy' | 'cut'): void {
	reselect(target);
	// Not the clipboard API: only this cuts with an undo step, and asks for no permission.
	document.execCommand(how);
}

/** Answers whether it could; some webviews keep the clipboard from the page, or never answer. */
export async function paste(target: TextTarget): Promise<boolean> {
	reselect(target);
	if (document.execCommand('paste')) {
		return true;
	}
	const text = await Promise.race([readClipboard(), after(PASTE_WAITS_MS)]);
	if (text === null) {
		return false;
	}
	reselect(target);
	return document.execCommand('insertText', false, text);
}

export function selectAll(target: TextTarget): void {
	if (isField(target.element)) {
		target.element.focus();
		target.element.select();
	} else {
		getSelection()?.selectAllChildren(target.element);
	}
}

async function readClipboard(): Promise<string | null> {
	try {
		return await navigator.clipboard.readText();
	} catch {
		return null;
	}
}

async function after(milliseconds: number): Promise<null> {
	return await new Promise((resolve) => {
		setTimeout(() => resolve(null), milliseconds);
	});
}
