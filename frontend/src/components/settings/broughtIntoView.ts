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
		const control = chosen ?? controls[0] ?? element;
		if (control === element) {
			// Without a control the row itself can be gone to.
			element.tabIndex = -1;
		}
		control.focus({ preventScroll: true });
	};
}
