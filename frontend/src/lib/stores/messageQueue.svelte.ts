import { SvelteMap, SvelteSet } from 'svelte/reactivity';

import type { Backend } from '../backend/backend';
import { asBackendError } from '../backend/errors';
import type { AnswersEvent, MessageStatus } from '../backend/protocol';
import type { Drafts, QueuedMessage, Written } from './drafts.svelte';

/** Why waiting messages are not sent: how the answer before them ended, or why sending failed. */
export type Hold = { type: 'ended'; status: MessageStatus } | { type: 'not_sent'; message: string };

/**
 * Owns when waiting messages are sent: each one when the answer before it has ended well, whatever
 * is on screen. After an answer that was stopped, cut or failed they stay, with a word why.
 */
export class MessageQueue {
	#holds = new SvelteMap<string, Hold>();

	readonly #backend: Backend;
	readonly #drafts: Drafts;
	/** Conversations with waiting messages. */
	#waiting = new SvelteSet<string>();
	/** Conversations in which an answer is under way, as far as it was heard. */
	#answering = new SvelteMap<string, SvelteSet<number>>();
	/** Messages that are on their way, by conversation. */
	#sending = new SvelteMap<string, QueuedMessage>();
	#nextId = 1;

	constructor(backend: Backend, drafts: Drafts) {
		this.#backend = backend;
		this.#drafts = drafts;
		backend.listen('answers', (event) => this.#apply(event));
	}

	holdOf(conversationId: string | null): Hold | null {
		return conversationId === null ? null : (this.#holds.get(conversationId) ?? null);
	}

	/** Whether a message written now comes after others that are still to be sent. */
	isWaiting(conversationId: string): boolean {
		return this.#drafts.queueOf(conversationId).length > 0 && this.holdOf(conversationId) === null;
	}

	add(conversationId: string, { content, attachments }: Written): void {
		const message = { id: this.#nextId++, content, attachments };
		this.#drafts.setQueue(conversationId, [...this.#drafts.queueOf(conversationId), message]);
		this.#waiting.add(conversationId);
	}

	/** Takes a waiting message out; `null`: it is on its way already. */
	take(conversationId: string, id: number): QueuedMessage | null {
		if (this.#sending.get(conversationId)?.id === id) {
			return null;
		}
		const message = this.#drafts.queueOf(conversationId).find((one) => one.id === id) ?? null;
		this.#remove(conversationId, id);
		return message;
	}

	/** Puts a message that was taken out back to its place. */
	putBack(conversationId: string, message: QueuedMessage, index: number): void {
		const queue = [...this.#drafts.queueOf(conversationId)];
		queue.splice(index, 0, message);
		this.#drafts.setQueue(conversationId, queue);
		this.#waiting.add(conversationId);
	}

	/** Sends what was held back, the first one now and each other one after the answer before it. */
	async release(conversationId: string): Promise<void> {
		this.#holds.delete(conversationId);
		if (!this.#answering.has(conversationId)) {
			await this.#sendNext(conversationId);
		}
	}

	#apply(event: AnswersEvent): void {
		switch (event.type) {
			case 'snapshot': {
				this.#answering.clear();
				for (const turn of event.turns) {
					this.#begin(turn.conversation_id, turn.message_id);
				}
				// An end that came while nobody listened is in the kept conversation.
				for (const id of this.#waiting) {
					if (!this.#answering.has(id) && this.holdOf(id) === null) {
						void this.#readEnd(id);
					}
				}
				return;
			}
			case 'started':
				this.#begin(event.conversation_id, event.message_id);
				this.#takeSent(event.conversation_id);
				return;
			case 'finished':
			case 'failed': {
				const others = this.#answering.get(event.conversation_id);
				others?.delete(event.message_id);
				if (others !== undefined && others.size > 0) {
					return;
				}
				this.#answering.delete(event.conversation_id);
				void this.#goOn(event.conversation_id, event.message.status);
				return;
			}
			case 'phase':
			case 'progress':
			case 'reasoning_delta':
			case 'content_delta':
				return;
			default:
				event satisfies never;
		}
	}

	#begin(conversationId: string, messageId: number): void {
		const ids = this.#answering.get(conversationId) ?? new SvelteSet<number>();
		this.#answering.set(conversationId, ids.add(messageId));
	}

	async #readEnd(conversationId: string): Promise<void> {
		try {
			const { messages, leaf_id } = await this.#backend.invoke('get_conversation', {
				conversation_id: conversationId
			});
			const leaf = messages.find(({ id }) => id === leaf_id);
			if (!this.#answering.has(conversationId)) {
				await this.#goOn(conversationId, leaf?.status ?? 'complete');
			}
		} catch (caught) {
			this.#hold(conversationId, { type: 'not_sent', message: asBackendError(caught).message });
		}
	}

	async #goOn(conversationId: string, status: MessageStatus): Promise<void> {
		if (!this.#waiting.has(conversationId) || this.holdOf(conversationId) !== null) {
			return;
		}
		if (status === 'complete') {
			await this.#sendNext(conversationId);
		} else {
			this.#hold(conversationId, { type: 'ended', status });
		}
	}

	async #sendNext(conversationId: string): Promise<void> {
		const message = this.#drafts.queueOf(conversationId)[0];
		if (message === undefined || this.#sending.has(conversationId)) {
			return;
		}
		this.#sending.set(conversationId, message);
		try {
			await this.#backend.invoke('send_message', {
				conversation_id: conversationId,
				content: message.content,
				attachment_ids: message.attachments.map(({ id }) => id)
			});
			this.#takeSent(conversationId);
		} catch (caught) {
			this.#sending.delete(conversationId);
			this.#hold(conversationId, { type: 'not_sent', message: asBackendError(caught).message });
		}
	}

	/** Its answer has begun, or its sending was confirmed: whichever is heard first. */
	#takeSent(conversationId: string): void {
		const sent = this.#sending.get(conversationId);
		if (sent !== undefined) {
			this.#sending.delete(conversationId);
			this.#remove(conversationId, sent.id);
			void this.#drafts.flush();
		}
	}

	#remove(conversationId: string, id: number): void {
		const queue = this.#drafts.queueOf(conversationId).filter((one) => one.id !== id);
		this.#drafts.setQueue(conversationId, queue);
		if (queue.length === 0) {
			this.#waiting.delete(conversationId);
			this.#holds.delete(conversationId);
		}
	}

	#hold(conversationId: string, hold: Hold): void {
		if (this.#waiting.has(conversationId)) {
			this.#holds.set(conversationId, hold);
		}
	}
}
