import type { Backend } from '../backend/backend';
import { asBackendError } from '../backend/errors';
import type {
	Conversation,
	ConversationsEvent,
	ConversationSummary,
	Erasable,
	ExportFormat
} from '../backend/protocol';
import { download } from '../download';

/** Owns the list of conversations; what is in one of them is the chat store's. */
export class ConversationsStore {
	/** In the order in which they stand on screen: pinned first, then last changed first. */
	list = $state.raw<ConversationSummary[]>([]);
	/** Whether the first list has arrived. */
	isKnown = $state(false);

	/** The one that was changed last; `null`: there is none. */
	last = $derived.by(() =>
		this.list.reduce<ConversationSummary | null>(
			(last, one) => (last !== null && last.updated >= one.updated ? last : one),
			null
		)
	);

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

	/** A chat with all its messages, without opening it. */
	async read(id: string): Promise<Conversation> {
		return await this.#backend.invoke('get_conversation', { conversation_id: id });
	}

	async create(): Promise<Conversation> {
		return await this.#backend.invoke('create_conversation', {});
	}

	async rename(id: string, title: string): Promise<void> {
		await this.#backend.invoke('rename_conversation', { conversation_id: id, title });
	}

	async pin(id: string, isPinned: boolean): Promise<void> {
		await this.#backend.invoke('pin_conversation', { conversation_id: id, is_pinned: isPinned });
	}

	/** To the trash; `restore` brings them back. */
	async remove(ids: readonly string[]): Promise<void> {
		await this.#backend.invoke('delete_conversations', { conversation_ids: [...ids] });
	}

	async restore(ids: readonly string[]): Promise<void> {
		await this.#backend.invoke('restore_conversations', { conversation_ids: [...ids] });
	}

	/** What `removeAll` takes away. */
	async countAll(): Promise<Erasable> {
		return await this.#backend.invoke('count_all_data', {});
	}

	/** For good, with trash, drafts, facts and snapshots. */
	async removeAll(): Promise<void> {
		await this.#backend.invoke('delete_all_data', {});
	}

	/** What is in the trash, last deleted first. */
	async listTrash(): Promise<ConversationSummary[]> {
		return await this.#backend.invoke('list_trash', {});
	}

	/** Writes chats into one file where the person wants it; answers its name, `null`: not after all. */
	async export(ids: readonly string[], format: ExportFormat): Promise<string | null> {
		const { name, media_type, text } = await this.#backend.invoke('export_conversations', {
			conversation_ids: [...ids],
			export_format: format
		});
		try {
			return await this.#backend.invoke('save_file', { name, text });
		} catch (caught) {
			if (asBackendError(caught).code !== 'no_window') {
				throw caught;
			}
			download(name, media_type, text);
			return name;
		}
	}
}

function reduce(list: ConversationSummary[], event: ConversationsEvent): ConversationSummary[] {
	switch (event.type) {
		case 'snapshot':
			return [...event.conversations].sort(inOrder);
		case 'saved': {
			const others = list.filter(({ id }) => id !== event.conversation.id);
			return [event.conversation, ...others].sort(inOrder);
		}
		case 'removed':
			return list.filter(({ id }) => id !== event.conversation_id);
		default:
			return event satisfies never;
	}
}

function inOrder(a: ConversationSummary, b: ConversationSummary): number {
	return Number(b.is_pinned) - Number(a.is_pinned) || b.updated - a.updated;
}
