import { SvelteMap, SvelteSet } from 'svelte/reactivity';

import type { Backend } from '../backend/backend';
import { asBackendError } from '../backend/errors';
import type { Attachment } from '../backend/protocol';
import { distinct } from '../conversationTree';

/** What goes with one message. */
export interface Written {
	content: string;
	attachments: readonly Attachment[];
}

/** A message that is sent when the answer before it has ended well. */
export interface QueuedMessage extends Written {
	id: number;
}

/** The draft of a chat that is not kept yet. */
const NEW_CHAT = '';
const PAUSE_MS = 400;
const NOTHING: Written = { content: '', attachments: [] };

/**
 * Owns what is written and not sent, of every chat: what stands in the composer, and the messages
 * that wait for an answer to end. The app keeps both as one draft, 400 ms after the last key and
 * whenever the page is left, so that neither a restart nor a crash loses a word.
 */
export class Drafts {
	#drafts = new SvelteMap<string, Written>();
	#queues = new SvelteMap<string, readonly QueuedMessage[]>();

	readonly #backend: Backend;
	/** Chats that were written in since the page is open: what the app has of them is older. */
	#touched = new SvelteSet<string>();
	#unsaved = new SvelteMap<string, ReturnType<typeof setTimeout> | null>();
	readonly #saving = new SvelteSet<Promise<void>>();

	constructor(backend: Backend) {
		this.#backend = backend;
		void this.#read();
		backend.watchConnection((state) => {
			if (state === 'open') {
				void this.flush();
			}
		});
	}

	/** What stands in the composer of a chat, `null` of the next new one. */
	of(conversationId: string | null): Written {
		return this.#drafts.get(conversationId ?? NEW_CHAT) ?? NOTHING;
	}

	change(conversationId: string | null, change: Partial<Written>): void {
		const key = conversationId ?? NEW_CHAT;
		this.#drafts.set(key, { ...this.of(key), ...change });
		this.#touch(key);
	}

	/** The messages that wait in a chat, in the order they are sent. */
	queueOf(conversationId: string | null): readonly QueuedMessage[] {
		return this.#queues.get(conversationId ?? NEW_CHAT) ?? [];
	}

	setQueue(conversationId: string, queue: readonly QueuedMessage[]): void {
		this.#queues.set(conversationId, queue);
		this.#touch(conversationId);
	}

	/** The new chat is kept from now on, under this name. */
	moveToChat(conversationId: string): void {
		this.change(conversationId, this.of(null));
		this.#drafts.delete(NEW_CHAT);
		this.#touch(NEW_CHAT);
	}

	/** A message was sent. What was written while it was on its way stays. */
	takeSent(conversationId: string, sent: Written): void {
		const { content, attachments } = this.of(conversationId);
		const sentIds = idsOf([sent]);
		this.change(conversationId, {
			content: withoutSent(content, sent.content),
			attachments: attachments.filter(({ id }) => !sentIds.has(id))
		});
		void this.flush();
	}

	/** Saves at once what is not saved: the page may be left. Done when the app has it all. */
	async flush(): Promise<void> {
		for (const [key, timer] of this.#unsaved) {
			clearTimeout(timer ?? undefined);
			this.#beginToSave(key);
		}
		await Promise.all(this.#saving);
	}

	/** Shows what the app has now: it has gone back to earlier drafts. */
	async readAgain(): Promise<void> {
		this.clear();
		this.#touched.clear();
		await this.#read();
	}

	/** Lets go of all that is written: the app has deleted everything. */
	clear(): void {
		for (const timer of this.#unsaved.values()) {
			clearTimeout(timer ?? undefined);
		}
		this.#unsaved.clear();
		this.#drafts.clear();
		this.#queues.clear();
	}

	#touch(key: string): void {
		this.#touched.add(key);
		clearTimeout(this.#unsaved.get(key) ?? undefined);
		this.#unsaved.set(
			key,
			setTimeout(() => this.#beginToSave(key), PAUSE_MS)
		);
	}

	#beginToSave(key: string): void {
		const saving = this.#save(key).finally(() => this.#saving.delete(saving));
		this.#saving.add(saving);
	}

	async #read(): Promise<void> {
		try {
			for (const draft of await this.#backend.invoke('get_drafts', {})) {
				const key = draft.conversation_id ?? NEW_CHAT;
				if (!this.#touched.has(key)) {
					this.#drafts.set(key, { content: draft.content, attachments: draft.attachments });
				}
			}
		} catch (caught) {
			// Without its drafts the page works; what stands in the way is told by the connection's own words.
			asBackendError(caught);
		}
	}

	async #save(key: string): Promise<void> {
		this.#unsaved.delete(key);
		const parts: Written[] = [...this.queueOf(key), this.of(key)];
		try {
			await this.#backend.invoke('save_draft', {
				conversation_id: key === NEW_CHAT ? null : key,
				content: parts
					.map(({ content }) => content)
					.filter((content) => content !== '')
					.join('\n\n'),
				attachment_ids: [...idsOf(parts)]
			});
		} catch (caught) {
			// Tried again with the next key, and when the connection is back.
			asBackendError(caught);
			if (!this.#unsaved.has(key)) {
				this.#unsaved.set(key, null);
			}
		}
	}
}

function idsOf(parts: readonly Written[]): ReadonlySet<string> {
	return distinct(parts.flatMap(({ attachments }) => attachments.map(({ id }) => id)));
}

function withoutSent(draft: string, sent: string): string {
	if (draft.trim() === sent) {
		return '';
	}
	return draft.startsWith(sent) ? draft.slice(sent.length).trimStart() : draft;
}
