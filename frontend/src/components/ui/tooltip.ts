import { mount, unmount } from 'svelte';
import type { Attachment } from 'svelte/attachments';

import Tooltip from './Tooltip.svelte';

const DELAY_MS = 500;

/**
 * Names a control on hover and focus. The control keeps its own accessible name: the tooltip only
 * shows it, with the keys that do the same.
 */
export function tooltip(text: string, keys: readonly string[] = []): Attachment<HTMLElement> {
	return (control) => {
		let shown: Record<string, unknown> | null = null;
		let waiting: ReturnType<typeof setTimeout> | undefined;

		function show(): void {
			clearTimeout(waiting);
			if (shown === null) {
				// A modal dialog lies above everything outside of it.
				const target = control.closest('dialog') ?? document.body;
				shown = mount(Tooltip, { target, props: { control, text, keys } });
			}
		}

		function hide(): void {
			clearTimeout(waiting);
			if (shown !== null) {
				void unmount(shown);
				shown = null;
			}
		}

		function onpointerenter(event: PointerEvent): void {
			if (event.pointerType !== 'touch') {
				waiting = setTimeout(show, DELAY_MS);
			}
		}

		function onfocus(): void {
			if (control.matches(':focus-visible')) {
				show();
			}
		}

		function onkeydown(event: KeyboardEvent): void {
			if (event.key === 'Escape') {
				hide();
			}
		}

		control.addEventListener('pointerenter', onpointerenter);
		control.addEventListener('pointerleave', hide);
		control.addEventListener('pointerdown', hide);
		control.addEventListener('focus', onfocus);
		control.addEventListener('blur', hide);
		control.addEventListener('keydown', onkeydown);
		return () => {
			hide();
			control.removeEventListener('pointerenter', onpointerenter);
			control.removeEventListener('pointerleave', hide);
			control.removeEventListener('pointerdown', hide);
			control.removeEventListener('focus', onfocus);
			control.removeEventListener('blur', hide);
			control.removeEventListener('keydown', onkeydown);
		};
	};
}
