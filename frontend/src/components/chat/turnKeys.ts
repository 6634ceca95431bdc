import { isShortcut } from '../../lib/shortcuts';
import type { Stores } from '../../lib/stores/context';
import type { FindInChat } from './findInChat.svelte';
import type { TranscriptRows } from './transcriptRows.svelte';
import type { TurnActions } from './turnActions.svelte';

/** The keys that work on turns from anywhere in the chat. */
export class TurnKeys {
	readonly #stores: Stores;
	readonly #actions: TurnActions;
	readonly #rows: () => TranscriptRows;
	readonly #find: FindInChat;

	constructor(stores: Stores, actions: TurnActions, rows: () => TranscriptRows, find: FindInChat) {
		this.#stores = stores;
		this.#actions = actions;
		this.#rows = rows;
		this.#find = find;
	}

	/** Answers whether the press was one of these. */
	onkeydown(event: KeyboardEvent): boolean {
		const { keyboard } = this.#stores.settings;
		if (isShortcut(event, 'find', keyboard) && this.#stores.chat.branch.length > 0) {
			event.preventDefault();
			this.#find.open();
			return true;
		}
		if (isShortcut(event, 'findNext', keyboard)) {
			return this.#findNext(event, 1);
		}
		if (isShortcut(event, 'findPrevious', keyboard)) {
			return this.#findNext(event, -1);
		}
		if (isWriting(event)) {
			return false;
		}
		if (isShortcut(event, 'previousVersion', keyboard)) {
			return this.#step(event, -1);
		}
		if (isShortcut(event, 'nextVersion', keyboard)) {
			return this.#step(event, 1);
		}
		if (isShortcut(event, 'previousTurn', keyboard)) {
			return this.#go(event, -1);
		}
		if (isShortcut(event, 'nextTurn', keyboard)) {
			return this.#go(event, 1);
		}
		return false;
	}

	#findNext(event: KeyboardEvent, by: -1 | 1): boolean {
		event.preventDefault();
		if (this.#find.isOpen) {
			void this.#find.step(by);
		} else if (this.#stores.chat.branch.length > 0) {
			this.#find.open();
		}
		return true;
	}

	/** Of the turn with the focus, else of the last one that has versions. */
	#step(event: KeyboardEvent, by: -1 | 1): boolean {
		// The browser's own meaning, a page back, is never wanted here.
		event.preventDefault();
		const { chat } = this.#stores;
		const withVersions = chat.branch.filter(({ id }) => chat.versionsOf(id) !== null);
		const focused = withVersions.find(({ id }) => id === focusedTurn());
		const message = focused ?? withVersions.at(-1);
		if (message !== undefined) {
			this.#actions.step(message, by);
		}
		return true;
	}

	/** From the turn with the focus, else from the end. */
	#go(event: KeyboardEvent, by: -1 | 1): boolean {
		const { branch } = this.#stores.chat;
		const from = focusedTurn();
		const index = from === null ? branch.length : branch.findIndex(({ id }) => id === from);
		const next = branch[index + by];
		event.preventDefault();
		if (next !== undefined) {
			void this.#rows().goTo(next.id);
		} else if (from !== null && by === 1) {
			this.#stores.navigation.requestComposerFocus();
		}
		return true;
	}
}

function focusedTurn(): number | null {
	const turn = document.activeElement?.closest('[data-turn]') ?? null;
	return turn === null ? null : Number(turn.getAttribute('data-turn'));
}

/** In a field with text these keys move the caret. */
function isWriting({ target }: KeyboardEvent): boolean {
	return (
		(target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) &&
		target.value !== ''
	);
}
