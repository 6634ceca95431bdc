import type { Attachment } from 'svelte/attachments';

import { richSelection } from '../markdown/rich';

/** A selection is copied without the colours of the page: as text, and as rich text that is clean. */
export const copiesRich: Attachment<HTMLElement> = (prose) => {
	function oncopy(event: ClipboardEvent): void {
		const selection = getSelection();
		if (selection === null || selection.isCollapsed || event.clipboardData === null) {
			return;
		}
		const range = selection.getRangeAt(0);
		// Across several messages the webview's own way is as good.
		if (!prose.contains(range.commonAncestorContainer)) {
			return;
		}
		event.preventDefault();
		event.clipboardData.setData('text/plain', selection.toString());
		event.clipboardData.setData('text/html', richSelection(range.cloneContents()));
	}

	prose.addEventListener('copy', oncopy);
	return () => prose.removeEventListener('copy', oncopy);
};
