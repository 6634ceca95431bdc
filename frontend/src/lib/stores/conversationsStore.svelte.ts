import type { Backend } from '../backend/backend';
import type { Conversation, ConversationsEvent, ConversationSummary } from '../backend/protocol';

/** Owns the list of conversations; what is in one of them is the chat store's. */
export class ConversationsStore {
	/** Last changed first. */
	list = $state.raw<ConversationSummary[]>([]);
	/** Whether the first list has arrived. */
	isKnown = $state(false);

	#backend: Backend;

	constructor(backend: Backend) {
		this.#backend = backend;
		backend.listen('conversations', (event) => {
			this.list = reduce(this.list, event);
			this.isKnown = true;
		});
	}

	find(id: string): ConversationSummary | null {
		return this.list.find((conversation) => conversation.id === id) ?? null;
	}

	async create(): Promise<Conversation> {
		return await this.#backend.invoke('create_conversation', {});
	}

	async rename(id: string, title: string): Promise<void> {
		await this.#backend.invoke('rename_conversation', { conversation_id: id, title });
	}

	/** To the trash; `restore` brings it back. */
	async remove(id: string): Promise<void> {
		await this.#backend.invoke('delete_conversation', { conversation_id: id });
	}

	async restore(id: string): Promise<void> {
		await this.#backend.invoke('restore_conversation', { conversation_id: id });
	}
}

function reduce(list: ConversationSummary[], event: ConversationsEvent): ConversationSummary[] {
	switch (event.type) {
		case 'snapshot':
			return event.conversations;
		case 'saved': {
			const others = list.filter(({ id }) => id !== event.conversation.id);
			return [event.conversation, ...others].sort((a, b) => b.updated - a.updated);
		}
		case 'removed':
			return list.filter(({ id }) => id !== event.conversation_id);
		default:
			return event satisfies never;
	}
}
