import { asBackendError } from '../../lib/backend/errors';
import type { Passage } from '../../lib/backend/protocol';
import type { Stores } from '../../lib/stores/context';
import { words } from '../../lib/words/en';

/** What a person can do with a passage that was recalled for a question of the open chat. */
export class PassageActions {
	readonly #stores: Stores;

	constructor(stores: Stores) {
		this.#stores = stores;
	}

	/** Whether there is, or was, a place in a chat that it is from. */
	hasSource(passage: Passage): boolean {
		return passage.conversation_id !== '' && passage.text !== '';
	}

	/** Its chat was deleted since. */
	isGone(passage: Passage): boolean {
		const { conversations } = this.#stores;
		return (
			this.hasSource(passage) &&
			conversations.isKnown &&
			conversations.find(passage.conversation_id) === null
		);
	}

	/** Opens the chat that it is from, at its place; the way back leads to this message. */
	open(passage: Passage, fromMessageId: number): void {
		const { navigation, toasts } = this.#stores;
		if (this.isGone(passage)) {
			toasts.show(words.memory.passage.chatGone, { kind: 'failed' });
			return;
		}
		navigation.openMessage(passage.conversation_id, passage.message_id, fromMessageId);
	}

	async use(questionId: number, number: number, isUsed: boolean): Promise<void> {
		try {
			await this.#stores.chat.usePassage(questionId, number, isUsed);
		} catch (caught) {
			const message = asBackendError(caught).message;
			this.#stores.toasts.show(words.memory.passage.failed(message), { kind: 'failed' });
		}
	}
}
