import type { Backend } from '../backend/backend';
import { asBackendError, type BackendError } from '../backend/errors';
import type {
	AnswersEvent,
	Attachment,
	ConversationsEvent,
	Message,
	PromptView,
	SamplingParameters,
	ShownBranch,
	TurnStarted
} from '../backend/protocol';
import type { Versions } from '../conversationTree';
import { ChatSettings } from './chatSettings.svelte';
import { Drafts } from './drafts.svelte';
import type { LiveTurn } from './liveTurn.svelte';
import { LiveTurns } from './liveTurns.svelte';
import { MessageQueue } from './messageQueue.svelte';
import { MessageTree } from './messageTree.svelte';

/** What the person wanted when it failed. */
export interface ChatProblem {
	doing: 'open' | 'send' | 'stop' | 'answer_again' | 'continue' | 'change';
	error: BackendError;
}

/** What changes which branch is shown, or what there is to show. */
type TreeCommand = 'show_message' | 'delete_message' | 'restore_message';

/** An answer that ends between two questions of ours shows its end at the next one. */
const MOST_FETCHES = 3;

/**
 * Owns what is in the open conversation and every answer under way; drafts, waiting messages and
 * settings are owned by the parts of these names. Which conversation is on screen is the navigation
 * store's; the list of them the conversations store's.
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

	/** The question that is being changed where it stands. */
	editingId = $state<number | null>(null);

	#tree = new MessageTree();
	#turns = new LiveTurns();

	/** What is shown, oldest first. */
	branch = $derived(this.#tree.branch);
	/** The answer under way that is shown. */
	turn = $derived.by(() => this.#findShownTurn());
	/** All answers under way, in whichever conversation. */
	turnsUnderWay = $derived(this.#turns.all);
	/** The answers that ended last, the newest first, one for each conversation. */
	endedTurns = $derived(this.#turns.ended);
	/** Conversations in which an answer is under way. */
	answeringIds = $derived(this.#turns.conversationIds);

	readonly drafts: Drafts;
	readonly queue: MessageQueue;
	readonly settings: ChatSettings;
	readonly #backend: Backend;
	#hasHeard = false;
	/** Which opening the answer of a fetch belongs to. */
	#opening = 0;
	#isSending = false;
	/** Changes of the tree that this page asked for and that are on their way. */
	#changes = 0;

	constructor(backend: Backend) {
		this.#backend = backend;
		this.drafts = new Drafts(backend);
		this.queue = new MessageQueue(backend, this.drafts);
		this.settings = new ChatSettings(backend);
		backend.listen('answers', (event) => this.#apply(event));
		backend.listen('conversations', (event) => this.#follow(event));
	}

	get draft(): string {
		return this.drafts.of(this.conversationId).content;
	}

	set draft(text: string) {
		this.drafts.change(this.conversationId, { content: text });
	}

	/** Puts a passage into the message that is being written. */
	quote(passage: string): void {
		const lines = passage.trim().split(/\s*\n/);
		const quoted = lines.map((line) => `> ${line}`.trimEnd()).join('\n');
		const before = this.draft.trimEnd();
		this.draft = before === '' ? `${quoted}\n\n` : `${before}\n\n${quoted}\n\n`;
	}

	/** The answer under way of this message, if there is one. */
	turnOf(messageId: number): LiveTurn | null {
		return this.conversationId === null ? null : this.#turns.find(this.conversationId, messageId);
	}

	/** `null`: there is no such message, or it is deleted. */
	find(messageId: number): Message | null {
		const message = this.#tree.find(messageId);
		return message?.is_deleted === false ? message : null;
	}

	/** `null`: the message has no other versions. */
	versionsOf(messageId: number): Versions | null {
		return this.#tree.versionsOf(messageId);
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
	async send(content: string, attachments: readonly Attachment[] = []): Promise<string | null> {
		if (this.#isSending) {
			return null;
		}
		this.#isSending = true;
		this.problem = null;
		const from = this.conversationId;
		const sent = await this.#try('send', async () => {
			const id = from ?? (await this.settings.create());
			if (from === null && this.conversationId === null) {
				this.drafts.moveToChat(id);
				this.settings.moveToChat(id);
				this.#show(id);
				this.isKnown = true;
			}
			await this.settings.save();
			const args = { conversation_id: id, content, attachment_ids: attachments.map(idOf) };
			const ids = await this.#backend.invoke('send_message', args);
			this.drafts.takeSent(id, { content, attachments });
			this.#showAnswer(id, ids.answer_message_id);
			return id;
		});
		this.#isSending = false;
		return sent;
	}

	/**
	 * Gives the question of an answer to the model once more; the old answer stays beside it.
	 * `parameters` are for this answer only; without them those of the chat.
	 */
	async answerAgain(messageId: number, parameters?: SamplingParameters): Promise<void> {
		const id = this.conversationId;
		if (id === null) {
			return;
		}
		this.problem = null;
		await this.#try('answer_again', async () => {
			await this.settings.save();
			const args = {
				conversation_id: id,
				message_id: messageId,
				...(parameters && { parameters })
			};
			const ids = await this.#backend.invoke('answer_again', args);
			this.#showAnswer(id, ids.answer_message_id);
		});
	}

	/** Asks a question in other words: beside the old one, which stays. Answers whether it was sent. */
	async sendEdited(messageId: number, content: string): Promise<boolean> {
		const id = this.conversationId;
		const message = this.#tree.find(messageId);
		if (id === null || message === null || this.#isSending) {
			return false;
		}
		this.#isSending = true;
		this.problem = null;
		const sent = await this.#try('send', async () => {
			await this.settings.save();
			const ids = await this.#backend.invoke('send_message', {
				conversation_id: id,
				content,
				parent_id: message.parent_id,
				...(message.attachments.length > 0 && {
					attachment_ids: message.attachments.map((attachment) => attachment.id)
				})
			});
			this.#showAnswer(id, ids.answer_message_id);
			return true;
		});
		this.#isSending = false;
		return sent ?? false;
	}

	/**
	 * Switches a passage of a question on or off, from the next answer on.
	 *
	 * @throws BackendError
	 */
	async usePassage(questionId: number, number: number, isUsed: boolean): Promise<void> {
		const id = this.conversationId ?? '';
		const args = { conversation_id: id, message_id: questionId, number, is_used: isUsed };
		this.#put(id, [await this.#backend.invoke('use_passage', args)]);
	}

	/** Goes on with an answer that ended too early; its text grows where it stands. */
	async continueAnswer(messageId: number): Promise<void> {
		const id = this.conversationId;
		if (id === null) {
			return;
		}
		this.problem = null;
		await this.#try('continue', async () => {
			await this.settings.save();
			const args = { conversation_id: id, message_id: messageId };
			await this.#backend.invoke('continue_answer', args);
		});
	}

	/** Shows the branch that a message is in, down to where it was last left. */
	async showMessage(messageId: number): Promise<void> {
		await this.#change('show_message', messageId);
	}

	/** Deletes one version of a message. Answers what brings it back, `null` when it failed. */
	async deleteMessage(messageId: number): Promise<(() => Promise<void>) | null> {
		const id = this.conversationId;
		if (!(await this.#change('delete_message', messageId))) {
			return null;
		}
		return async () => {
			if (this.conversationId === id) {
				await this.#change('restore_message', messageId);
			} else if (id !== null) {
				const args = { conversation_id: id, message_id: messageId };
				await this.#try('change', async () => await this.#backend.invoke('restore_message', args));
			}
		};
	}

	/**
	 * Begins a new chat with a copy of the branch up to a message; answers the new one.
	 *
	 * @throws BackendError
	 */
	async branchFrom(messageId: number): Promise<string> {
		const args = { conversation_id: this.conversationId ?? '', message_id: messageId };
		return (await this.#backend.invoke('branch_conversation', args)).id;
	}

	/**
	 * The exact prompt that a question or an answer stands for.
	 *
	 * @throws BackendError
	 */
	async readPrompt(messageId: number): Promise<PromptView> {
		const args = { conversation_id: this.conversationId ?? '', message_id: messageId };
		return await this.#backend.invoke('get_prompt', args);
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
		this.settings.open(conversationId);
		this.isKnown = conversationId === null;
		this.problem = null;
		this.#tree.clear();
		this.askedId = null;
		this.editingId = null;
	}

	#showAnswer(conversationId: string, messageId: number): void {
		if (this.conversationId === conversationId) {
			this.#tree.show(messageId);
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
		this.#tree.beginFetch();
		await this.#try('open', async () => {
			const conversation = await this.#backend.invoke('get_conversation', {
				conversation_id: id
			});
			if (opening !== this.#opening) {
				return;
			}
			this.#tree.load(conversation);
			this.settings.take(conversation);
			this.isKnown = true;
			if (this.#hasHeard && attempt < MOST_FETCHES && this.#hasOrphan()) {
				await this.#fetch(attempt + 1);
			}
		});
	}

	/** A message that is not finished, though nobody answers it: its end came while nobody listened. */
	#hasOrphan(): boolean {
		return this.#tree.unfinished().some(({ id }) => this.turnOf(id) === null);
	}

	#findShownTurn(): LiveTurn | null {
		const leaf = this.branch.at(-1);
		return leaf === undefined ? null : this.turnOf(leaf.id);
	}

	#apply(event: AnswersEvent): void {
		switch (event.type) {
			case 'snapshot':
				this.#hasHeard = true;
				this.#turns.replace(event.turns, event.ended);
				// What happened while nobody listened is in the kept conversation.
				void this.#fetch();
				return;
			case 'started':
				this.#start(event);
				return;
			case 'phase':
				this.#turns.update(event, (turn) => (turn.phase = event.phase));
				return;
			case 'progress':
				this.#turns.update(event, (turn) => (turn.progress = event.progress));
				return;
			case 'reasoning_delta':
				this.#turns.update(event, (turn) => turn.addReasoning(event));
				return;
			case 'content_delta':
				this.#turns.update(event, (turn) => turn.addContent(event));
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

	#start(event: TurnStarted): void {
		this.#turns.start(event);
		this.#put(event.conversation_id, [event.user_message, event.message]);
		// An answer that goes on stays where it is; only a new one moves its question up.
		const goesOn = event.message.content !== '' || event.message.reasoning !== '';
		if (!goesOn) {
			this.#showAnswer(event.conversation_id, event.message_id);
		} else if (event.conversation_id === this.conversationId) {
			this.#tree.show(event.message_id);
		}
	}

	/** Takes messages into the open conversation, if they are of it. */
	#put(conversationId: string, messages: Message[]): void {
		if (conversationId === this.conversationId) {
			this.#tree.put(messages);
		}
	}

	/** Another page may show another branch; what this one asked for is answered to it. */
	#follow(event: ConversationsEvent): void {
		if (event.type !== 'saved' || event.conversation.id !== this.conversationId) {
			return;
		}
		const leafId = event.conversation.leaf_id;
		const isOther = this.isKnown && this.#changes === 0 && leafId !== this.#tree.leafId;
		if (isOther && (leafId === null || !this.#tree.isNews(leafId))) {
			void this.#fetch();
		}
	}

	async #change(command: TreeCommand, messageId: number): Promise<boolean> {
		const id = this.conversationId;
		if (id === null) {
			return false;
		}
		this.problem = null;
		this.#changes += 1;
		const shown = await this.#try('change', async (): Promise<ShownBranch> => {
			const args = { conversation_id: id, message_id: messageId };
			return await this.#backend.invoke(command, args);
		});
		this.#changes -= 1;
		if (shown !== null && this.conversationId === id) {
			if (command !== 'show_message') {
				this.#tree.mark(messageId, command === 'delete_message');
			}
			this.#tree.show(shown.leaf_id);
		}
		return shown !== null;
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

function idOf({ id }: Attachment): string {
	return id;
}
