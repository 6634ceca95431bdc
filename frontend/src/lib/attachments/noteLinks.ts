import type { Attachment } from 'svelte/attachments';

/** Numbers of footnotes lead to what they say, and from there back to where one came from. */
export const noteLinks: Attachment<HTMLElement> = (prose) => {
	let left: HTMLElement | null = null;

	function find(attribute: string, number: string): HTMLElement | null {
		return prose.querySelector(`[${attribute}="${CSS.escape(number)}"]`);
	}

	function onclick(event: MouseEvent): void {
		const button = event.target instanceof Element ? event.target.closest('button') : null;
		const { note, noteBack } = button?.dataset ?? {};
		if (note !== undefined) {
			left = button;
			goTo(find('data-note-text', note));
		} else if (noteBack !== undefined) {
			goTo(left?.dataset['note'] === noteBack ? left : find('data-note', noteBack));
		}
	}

	prose.addEventListener('click', onclick);
	return () => prose.removeEventListener('click', onclick);
};

function goTo(element: HTMLElement | null): void {
	element?.scrollIntoView({ block: 'nearest' });
	element?.focus({ preventScroll: true });
}
