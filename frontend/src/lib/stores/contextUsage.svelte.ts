import type { Backend } from '../backend/backend';
import { asBackendError } from '../backend/errors';
import type { ContextUsage } from '../backend/protocol';

/** Owns how full the context window is with the branch that is shown, as the server counts it. */
export class ContextUsageStore {
	/** `null`: nothing is loaded, nothing is there to count, or it is not counted yet. */
	usage = $state.raw<ContextUsage | null>(null);

	readonly #backend: Backend;
	#asking: AbortController | null = null;
	#conversationId: string | null = null;

	constructor(backend: Backend) {
		this.#backend = backend;
	}

	/** Asked whenever the branch, the model, or what is in them is another one. */
	async ask(conversationId: string | null): Promise<void> {
		this.#asking?.abort();
		if (conversationId !== this.#conversationId || conversationId === null) {
			this.usage = null;
			this.#conversationId = conversationId;
		}
		if (conversationId === null) {
			return;
		}
		const asking = new AbortController();
		this.#asking = asking;
		try {
			const args = { conversation_id: conversationId };
			const usage = await this.#backend.invoke('get_context_usage', args, asking.signal);
			if (this.#asking === asking) {
				this.usage = usage;
			}
		} catch (caught) {
			asBackendError(caught);
			if (this.#asking === asking) {
				this.usage = null;
			}
		}
	}

	/** Nothing is loaded that could count. */
	forget(): void {
		this.#asking?.abort();
		this.#asking = null;
		this.usage = null;
	}
}
