import type { Attachment } from 'svelte/attachments';

const CONTROLS = 'input, select, textarea, button';

/** What was asked for by its name comes into view, and its first control has the focus. */
export function broughtIntoView(isWanted: () => boolean): Attachment<HTMLElement> {
	return (element) => {
		if (!isWanted()) {
			return;
		}
		element.scrollIntoView({ block: 'center' });
		const controls = [...element.querySelectorAll<HTMLElement>(CONTROLS)];
		const chosen = controls.find(
			(control) => control instanceof HTMLInputElement && control.checked
		);
		(chosen ?? controls[0])?.focus({ preventScroll: true });
	};
}
