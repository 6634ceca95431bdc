import type { Backend } from '../backend/backend';
import type { Fact, Forgettable, IndexState, LeftOut } from '../backend/protocol';

/** The longest fact that the app takes, in characters. */
export const LONGEST_FACT = 500;

/** Owns what is remembered and how far the index is; which passages a question has is its message's. */
export class MemoryStore {
	/** Oldest first. */
	facts = $state.raw<readonly Fact[]>([]);
	/** `null` until the app has told. */
	index = $state.raw<IndexState | null>(null);

	readonly #backend: Backend;

	constructor(backend: Backend) {
		this.#backend = backend;
		backend.listen('facts', ({ facts }) => {
			this.facts = facts;
		});
		backend.listen('memory', (index) => {
			this.index = index;
		});
	}

	/** Remembers a text; with `fact`, in place of it. Answers what was kept. */
	async saveFact(text: string, about: Partial<Fact> = {}): Promise<Fact> {
		return await this.#backend.invoke('save_fact', {
			fact: {
				id: crypto.randomUUID(),
				created: Date.now() / 1000,
				conversation_id: null,
				message_id: null,
				...about,
				text
			}
		});
	}

	async deleteFact(id: string): Promise<void> {
		await this.#backend.invoke('delete_fact', { fact_id: id });
	}

	/** Never recalls a chat, or one message of it (`messageId`); or does so again. */
	async leaveOut(
		conversationId: string,
		messageId: number | null,
		isLeftOut: boolean
	): Promise<void> {
		await this.#backend.invoke('leave_out_of_memory', {
			conversation_id: conversationId,
			message_id: messageId,
			is_left_out: isLeftOut
		});
	}

	async listLeftOut(): Promise<LeftOut[]> {
		return await this.#backend.invoke('list_left_out', {});
	}

	/** What `forget` would take away: said from `since` on and before `until`. */
	async countForgettable(span: { since?: number; until?: number }): Promise<Forgettable> {
		return await this.#backend.invoke('count_forgettable', span);
	}

	/** Takes it away for good. */
	async forget(span: { since?: number; until?: number }, withFacts: boolean): Promise<void> {
		await this.#backend.invoke('forget', { ...span, with_facts: withFacts });
	}

	async rebuildIndex(): Promise<void> {
		await this.#backend.invoke('rebuild_search_index', {});
	}
}
