import { copyText } from '../../lib/clipboard';
import type { ToastsStore } from '../../lib/stores/toastsStore.svelte';
import { words } from '../../lib/words/en';

const SAID_MS = 1_500;

/** Copies, and says so for a moment. */
export class Copying {
	isCopied = $state(false);

	readonly #toasts: ToastsStore;
	#timer: ReturnType<typeof setTimeout> | undefined;

	constructor(toasts: ToastsStore) {
		this.#toasts = toasts;
	}

	async copy(text: string): Promise<void> {
		if (!(await copyText(text))) {
			this.#toasts.show(words.chat.code.copyFailed, { kind: 'failed' });
			return;
		}
		this.isCopied = true;
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => (this.isCopied = false), SAID_MS);
	}
}
