import { tick } from 'svelte';
import type { Attachment } from 'svelte/attachments';

/** When a layer goes with the focus in it, the focus goes to `opener`; `null`: it was moved on purpose. */
export function givesFocusBack(opener: () => HTMLElement | null): Attachment<HTMLElement> {
	return () => () => {
		const element = opener();
		void tick().then(() => {
			if (document.activeElement === document.body) {
				element?.focus();
			}
		});
	};
}
