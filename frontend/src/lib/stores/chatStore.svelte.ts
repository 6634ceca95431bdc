import { SvelteMap } from 'svelte/reactivity';

import type { Backend } from '../backend/backend';
import { asBackendError, type BackendError } from '../backend/errors';
import type { AnswersEvent, Message } from '../backend/protocol';
import { branchOf, byId, isUnfinished, merge, NO_MESSAGES } from '../conversationTree';
import type { LiveTurn } from './liveTurn.svelte';
import { LiveTurns } from './liveTurns.svelte';

/** What the person wanted when it failed. */
export interface ChatProblem {
	doing: 'open' | 'send' | 'stop' | 'answer_again';
	error: BackendError;
}

/** The draft of a chat that is not kept yet. */
const NEW_CHAT = '';
/** An answer that ends between two questions of ours shows its end at the next one. */
const MOST_FETCHES = 3;

/**
 * Owns what is in the open conversation, every answer under way, and the drafts. Which conversation
 * is on screen is the navigation store's; the list of them the conversations store's.
 *
 * Answers are heard of from the start on and belong to their conversation, never to what is open.
 * The messages of a conversation come by `get_conversation`; what `answers` tells meanwhile is laid
 * over them, so that neither can be lost, whichever comes first.
 */
export class ChatStore {
	conversationId = $state<string | null>(null);
	/** Whether the messages of the open conversation have come. */
	isKnown = $state(true);
	problem = $state.raw<ChatProblem | null>(null);
	/** The answer that began last while this conversation was open: its question moves to the top. */
	askedId = $state<number | null>(null);

	#messages = $state.raw(NO_MESSAGES);
	#leafId = $state.raw<number | null>(null);
	#turns = new LiveTurns();
	#drafts = new SvelteMap<string, string>();

	/** What is shown, oldest first. */
	branch = $derived(branchOf(this.#messages, this.#leafId));
	/** The answer under way that is shown. */
	turn = $derived.by(() => this.#findShownTurn());
	/** Conversations in which an answer is under way. */
	answeringIds = $derived(this.#turns.conversationIds);

	readonly #backend: Backend;
	#hasHeard = false;
	/** Which opening the answer of a fetch belongs to. */
	#opening = 0;
	/** Told by events while a fetch is under way. */
	#arrived: Message[] = [];
	#isSending = false;

	constructor(backend: Backend) {
		this.#backend = backend;
		backend.listen('answers', (event) => this.#apply(event));
	}

	get draft(): string {
		return this.#drafts.get(this.conversationId ?? NEW_CHAT) ?? '';
	}

	set draft(text: string) {
		this.#drafts.set(this.conversationId ?? NEW_CHAT, text);
	}

	/** The answer under way of this message, if there is one. */
	turnOf(messageId: number): LiveTurn | null {
		return this.conversationId === null ? null : this.#turns.find(this.conversationId, messageId);
	}

	/** Shows a conversation, `null` a new one. */
	async open(conversationId: string | null): Promise<void> {
		if (conversationId === this.conversationId) {
			return;
		}
		this.#show(conversationId);
		await this.#fetch();
	}

	/** Tries once more, where the conversation could not be opened. */
	async reopen(): Promise<void> {
		this.problem = null;
		await this.#fetch();
	}

	/**
	 * Asks. Answers the conversation, which is new where none was open, or `null` when it failed:
	 * then the draft stays and `problem` says why.
	 */
	async send(content: string): Promise<string | null> {
		if (this.#isSending) {
			return null;
		}
		this.#isSending = true;
		this.problem = null;
		const from = this.conversationId;
		const sent = await this.#try('send', async () => {
			const id = from ?? (await this.#backend.invoke('create_conversation', {})).id;
			if (from === null && this.conversationId === null) {
				this.#moveDraft(id);
				this.#show(id);
				this.isKnown = true;
			}
			const ids = await this.#backend.invoke('send_message', { conversation_id: id, content });
			this.#takeFromDraft(id, content);
			this.#showAnswer(id, ids.answer_message_id);
			return id;
		});
		this.#isSending = false;
		return sent;
	}

	/** Gives the question of an answer to the model once more; the old answer stays beside it. */
	async answerAgain(messageId: number): Promise<void> {
		const id = this.conversationId;
		if (id === null) {
			return;
		}
		this.problem = null;
		await this.#try('answer_again', async () => {
			const args = { conversation_id: id, message_id: messageId };
			const ids = await this.#backend.invoke('answer_again', args);
			this.#showAnswer(id, ids.answer_message_id);
		});
	}

	/** Stops the answer that is shown; what there is of it stays. */
	async stop(): Promise<void> {
		const turn = this.turn;
		if (turn === null) {
			return;
		}
		await this.#try('stop', async () => {
			const args = { conversation_id: turn.conversationId, message_id: turn.messageId };
			await this.#backend.invoke('stop_answer', args);
		});
	}

	dismissProblem(): void {
		this.problem = null;
	}

	#show(conversationId: string | null): void {
		this.#opening += 1;
		this.conversationId = conversationId;
		this.isKnown = conversationId === null;
		this.problem = null;
		this.#messages = NO_MESSAGES;
		this.#leafId = null;
		this.#arrived = [];
		this.askedId = null;
	}

	#showAnswer(conversationId: string, messageId: number): void {
		if (this.conversationId === conversationId) {
			this.#leafId = messageId;
			this.askedId = messageId;
		}
	}

	async #fetch(attempt = 1): Promise<void> {
		const id = this.conversationId;
		if (id === null) {
			return;
		}
		this.#opening += 1;
		const opening = this.#opening;
		this.#arrived = [];
		await this.#try('open', async () => {
			const { messages, leaf_id } = await this.#backend.invoke('get_conversation', {
				conversation_id: id
			});
			if (opening !== this.#opening) {
				return;
			}
			const newest = this.#arrived.at(-1)?.id ?? 0;
			this.#messages = merge(byId(messages), this.#arrived);
			this.#leafId = Math.max(leaf_id ?? 0, newest) || null;
			this.isKnown = true;
			if (this.#hasHeard && attempt < MOST_FETCHES && this.#hasOrphan()) {
				await this.#fetch(attempt + 1);
			}
		});
	}

	/** A message that is not finished, though nobody answers it: its end came while nobody listened. */
	#hasOrphan(): boolean {
		return [...this.#messages.values()].some(
			(message) => isUnfinished(message) && this.turnOf(message.id) === null
		);
	}

	#findShownTurn(): LiveTurn | null {
		const leaf = this.branch.at(-1);
		return leaf === undefined ? null : this.turnOf(leaf.id);
	}

	#apply(event: AnswersEvent): void {
		switch (event.type) {
			case 'snapshot':
				this.#hasHeard = true;
				this.#turns.replace(event.turns);
				// What happened while nobody listened is in the kept conversation.
				void this.#fetch();
				return;
			case 'started':
				this.#turns.start(event);
				this.#put(event.conversation_id, [event.user_message, event.message]);
				this.#showAnswer(event.conversation_id, event.message_id);
				return;
			case 'phase':
				this.#turns.update(event, (turn) => (turn.phase = event.phase));
				return;
			case 'progress':
				this.#turns.update(event, (turn) => (turn.progress = event.progress));
				return;
			case 'reasoning_delta':
				this.#turns.update(event, (turn) => turn.addReasoning(event.text, event.generated_tokens));
				return;
			case 'content_delta':
				this.#turns.update(event, (turn) => turn.addContent(event.text, event.generated_tokens));
				return;
			case 'finished':
			case 'failed':
				this.#turns.end(event);
				this.#put(event.conversation_id, [event.message]);
				return;
			default:
				event satisfies never;
		}
	}

	/** Takes messages into the open conversation, if they are of it. */
	#put(conversationId: string, messages: Message[]): void {
		if (conversationId !== this.conversationId) {
			return;
		}
		this.#arrived.push(...messages);
		this.#messages = merge(this.#messages, messages);
		const answer = messages.at(-1);
		if (answer !== undefined && answer.id > (this.#leafId ?? 0)) {
			this.#leafId = answer.id;
		}
	}

	#moveDraft(id: string): void {
		this.#drafts.set(id, this.#drafts.get(NEW_CHAT) ?? '');
		this.#drafts.delete(NEW_CHAT);
	}

	/** What was written while the message was on its way stays. */
	#takeFromDraft(id: string, content: string): void {
		const draft = this.#drafts.get(id) ?? '';
		if (draft.trim() === content) {
			this.#drafts.delete(id);
		} else if (draft.startsWith(content)) {
			this.#drafts.set(id, draft.slice(content.length).trimStart());
		}
	}

	async #try<T>(doing: ChatProblem['doing'], ask: () => Promise<T>): Promise<T | null> {
		const from = this.conversationId;
		try {
			return await ask();
		} catch (caught) {
			const error = asBackendError(caught);
			if (from === this.conversationId || doing === 'send') {
				this.problem = { doing, error };
			}
			return null;
		}
	}
}
