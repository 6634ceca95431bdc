import type { Attachment } from 'svelte/attachments';

/** A box that scrolls sideways can be reached by keyboard, under a name; one that does not cannot. */
export function focusWhenScrollable(label: string): Attachment<HTMLElement> {
	return (box) => {
		function update(): void {
			if (box.scrollWidth > box.clientWidth) {
				box.tabIndex = 0;
				box.setAttribute('role', 'region');
				box.setAttribute('aria-label', label);
			} else {
				box.removeAttribute('tabindex');
				box.removeAttribute('role');
				box.removeAttribute('aria-label');
			}
		}

		const observer = new ResizeObserver(update);
		observer.observe(box);
		if (box.firstElementChild !== null) {
			observer.observe(box.firstElementChild);
		}
		return () => observer.disconnect();
	};
}
