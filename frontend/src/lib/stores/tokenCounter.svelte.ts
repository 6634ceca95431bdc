import type { Backend } from '../backend/backend';
import { asBackendError } from '../backend/errors';
import type { TokenCount } from '../backend/protocol';

const PAUSE_MS = 150;
const NONE: TokenCount = { tokens: 0, is_exact: true };

/** Owns how many tokens the text that is written takes: counted once the keys rest. */
export class TokenCounter {
	/** `null`: nothing is counted yet. The last count stands until the next one is there. */
	count = $state.raw<TokenCount | null>(null);

	readonly #backend: Backend;
	#asking: AbortController | null = null;
	#timer: ReturnType<typeof setTimeout> | undefined;

	constructor(backend: Backend) {
		this.#backend = backend;
	}

	follow(text: string): void {
		clearTimeout(this.#timer);
		this.#asking?.abort();
		if (text.trim() === '') {
			this.count = NONE;
			return;
		}
		this.#timer = setTimeout(() => void this.#ask(text), PAUSE_MS);
	}

	async #ask(text: string): Promise<void> {
		const asking = new AbortController();
		this.#asking = asking;
		try {
			const count = await this.#backend.invoke('count_tokens', { text }, asking.signal);
			if (!asking.signal.aborted) {
				this.count = count;
			}
		} catch (caught) {
			asBackendError(caught);
			if (!asking.signal.aborted) {
				this.count = null;
			}
		}
	}
}
