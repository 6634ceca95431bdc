import type { Attachment } from 'svelte/attachments';

/**
 * Over everything while it is in the page; afterwards the focus goes back to the opener. Escape and
 * a press beside it close by the owner's way, so that what is shown and what is true stay one.
 */
export function modalDialog(onclose: () => void): Attachment<HTMLDialogElement> {
	return (dialog) => {
		function cancel(event: Event): void {
			event.preventDefault();
			onclose();
		}

		/** A press on the scrim is one on the dialog itself, outside of its content. */
		function press(event: PointerEvent): void {
			if (event.target === event.currentTarget) {
				event.preventDefault();
				onclose();
			}
		}

		const opener = document.activeElement;
		dialog.addEventListener('cancel', cancel);
		dialog.addEventListener('pointerdown', press);
		dialog.showModal();
		dialog.querySelector<HTMLElement>('[data-autofocus]')?.focus();
		return () => {
			dialog.removeEventListener('cancel', cancel);
			dialog.removeEventListener('pointerdown', press);
			dialog.close();
			const isThere = opener instanceof HTMLElement && opener.isConnected;
			(isThere ? opener : document.querySelector('main'))?.focus();
		};
	};
}
