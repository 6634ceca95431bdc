import { tick } from 'svelte';

import type { StickToBottom } from '../../lib/attachments/stickToBottom.svelte';
import { asBackendError } from '../../lib/backend/errors';
import type { Message, SamplingParameters } from '../../lib/backend/protocol';
import { copyRich, copyText } from '../../lib/clipboard';
import { richText } from '../../lib/markdown/rich';
import type { Stores } from '../../lib/stores/context';
import { plainText } from '../../lib/transcript/plainText';
import { words } from '../../lib/words/en';

/** What lies over the transcript for one of its messages. */
export interface TurnOverlay {
	kind: 'menu' | 'prompt' | 'details' | 'again' | 'remember';
	message: Message;
	/** The control that opened it. */
	opener: HTMLElement;
}

const ENDED_EARLY: ReadonlySet<Message['status']> = new Set([
	'stopped',
	'length',
	'cut_short',
	'failed'
]);

/** What a person can do with a message. One for all messages; which one is always an argument. */
export class TurnActions {
	overlay = $state.raw<TurnOverlay | null>(null);

	readonly #stores: Stores;
	readonly #end: StickToBottom;

	constructor(stores: Stores, end: StickToBottom) {
		this.#stores = stores;
		this.#end = end;
	}

	/** A model is there and free in this chat. */
	get canAsk(): boolean {
		return this.#stores.server.running !== null && this.#stores.chat.turn === null;
	}

	/** The answer ended too early, and nothing follows on it. */
	canContinue(message: Message): boolean {
		return (
			message.role === 'assistant' &&
			ENDED_EARLY.has(message.status) &&
			message.content + message.reasoning !== '' &&
			message.id === this.#stores.chat.branch.at(-1)?.id
		);
	}

	/** `parameters` are for this answer only; without them those of the chat. */
	answerAgain(message: Message, parameters?: SamplingParameters): void {
		if (this.#stores.chat.turn === null) {
			this.#end.resume();
			void this.#stores.chat.answerAgain(message.id, parameters);
		}
	}

	goOn(message: Message): void {
		if (this.canAsk) {
			this.#end.resume();
			void this.#stores.chat.continueAnswer(message.id);
		}
	}

	openMenu(message: Message, opener: HTMLElement): void {
		this.open('menu', message, opener);
	}

	open(kind: TurnOverlay['kind'], message: Message, opener: HTMLElement): void {
		this.overlay = { kind, message, opener };
	}

	/** A menu closes after its item was chosen, which may have opened something else. */
	closeMenu(): void {
		if (this.overlay?.kind === 'menu') {
			this.overlay = null;
		}
	}

	close(): void {
		const opener = this.overlay?.opener;
		this.overlay = null;
		// The menu's item, which had the focus, is gone.
		void tick().then(() => opener?.focus());
	}

	edit(message: Message): void {
		this.#stores.chat.editingId = message.id;
	}

	/** Asks a question in other words; it moves to the top like any other. */
	async sendEdited(message: Message, content: string): Promise<void> {
		const { chat, navigation } = this.#stores;
		this.#end.resume();
		if (await chat.sendEdited(message.id, content)) {
			chat.editingId = null;
			navigation.requestComposerFocus();
		}
	}

	/** Shows the version before or after this one; answers whether there is one. */
	step(message: Message, by: -1 | 1): boolean {
		const versions = this.#stores.chat.versionsOf(message.id);
		const next = versions?.ids[versions.index + by];
		if (next === undefined) {
			return false;
		}
		void this.#stores.chat.showMessage(next);
		return true;
	}

	async copyMarkdown(message: Message): Promise<void> {
		await this.#copy(message.content);
	}

	/** Programs that take no rich text get it without its signs. */
	async copyAsRichText({ content }: Message): Promise<void> {
		this.#say(await copyRich(richText(content), plainText(content)));
	}

	async branch(message: Message): Promise<void> {
		const { chat, navigation, toasts } = this.#stores;
		try {
			navigation.openChat(await chat.branchFrom(message.id));
		} catch (caught) {
			toasts.show(words.chat.menu.branchFailed(asBackendError(caught).message), { kind: 'failed' });
		}
	}

	async remove(message: Message): Promise<void> {
		const { chat, toasts } = this.#stores;
		const restore = await chat.deleteMessage(message.id);
		if (restore !== null) {
			toasts.show(words.chat.menu.deleted(message.role), {
				kind: 'deleted',
				undo: () => void restore()
			});
		}
	}

	async #copy(text: string): Promise<void> {
		this.#say(await copyText(text));
	}

	#say(isCopied: boolean): void {
		const { code, foot } = words.chat;
		this.#stores.toasts.show(isCopied ? foot.copied : code.copyFailed, {
			kind: isCopied ? 'done' : 'failed'
		});
	}
}
