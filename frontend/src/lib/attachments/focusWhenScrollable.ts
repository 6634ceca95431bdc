import type { Attachment } from 'svelte/attachments';

/**
 * A box that scrolls sideways can be reached by keyboard, under a name; one that does not cannot.
 * A group and no region: a chat has hundreds of like name, and regions are the landmarks of a page.
 */
export function focusWhenScrollable(label: string): Attachment<HTMLElement> {
	return (box) => {
		function update(): void {
			if (box.scrollWidth > box.clientWidth) {
				box.tabIndex = 0;
				box.setAttribute('role', 'group');
				box.setAttribute('aria-label', label);
			} else {
				box.removeAttribute('tabindex');
				box.removeAttribute('role');
				box.removeAttribute('aria-label');
			}
		}

		// Its own size tells of a narrower window; of longer lines only a change inside tells.
		const sizes = new ResizeObserver(update);
		sizes.observe(box);
		const lines = new MutationObserver(update);
		lines.observe(box, { childList: true, subtree: true, characterData: true });
		return () => {
			sizes.disconnect();
			lines.disconnect();
		};
	};
}
