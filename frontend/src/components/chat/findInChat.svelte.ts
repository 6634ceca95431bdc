import { tick } from 'svelte';

import type { Message } from '../../lib/backend/protocol';
import { onNextFrame } from '../../lib/frames';
import type { ChatStore } from '../../lib/stores/chatStore.svelte';
import { findRanges } from '../../lib/transcript/findRanges';
import { countOf, fold } from '../../lib/transcript/fold';
import { createHighlighter, type Highlighter } from '../../lib/transcript/highlighter';
import { plainText } from '../../lib/transcript/plainText';
import type { TranscriptRows } from './transcriptRows.svelte';

/** One hit: the so-and-so-many-th of a message. */
interface Hit {
	readonly messageId: number;
	readonly nth: number;
}

/** How long looking may take at a stretch; keys are read between. */
const SLICE_MS = 8;
/** How far from the view's edges a hit is left where it is. */
const COMFORT_PX = 60;
const LONGEST_SELECTION = 100;

const folded = new WeakMap<Message, string>();

function foldedText(message: Message): string {
	const known = folded.get(message);
	if (known !== undefined) {
		return known;
	}
	const { role, content } = message;
	const { text } = fold(role === 'user' ? content : plainText(content));
	folded.set(message, text);
	return text;
}

/** Owns what is looked for in the open chat: in all its messages, also those that are not drawn. */
export class FindInChat {
	isOpen = $state(false);
	query = $state('');
	/** Counts up when the field is to take the focus, with all that is in it selected. */
	focusRequests = $state(0);
	/** Whether the hits are those of the query. */
	isDone = $state(true);
	#hits = $state.raw<readonly Hit[]>([]);
	#index = $state(0);

	readonly #chat: ChatStore;
	readonly #rows: () => TranscriptRows;
	#searching = 0;
	#opener: Element | null = null;
	#highlighter: Highlighter | null = null;
	#stopWaiting: (() => void) | null = null;

	constructor(chat: ChatStore, rows: () => TranscriptRows) {
		this.#chat = chat;
		this.#rows = rows;
	}

	get count(): number {
		return this.#hits.length;
	}

	/** From 1; 0: nothing was found. */
	get place(): number {
		return this.#hits.length === 0 ? 0 : this.#index + 1;
	}

	/** Opens the field; a selected word is looked for at once. */
	open(): void {
		const selection = document.getSelection();
		const selected = selection?.toString() ?? '';
		if (!this.isOpen) {
			this.#opener = document.activeElement;
			this.isOpen = true;
		}
		if (selected.length > 0 && selected.length < LONGEST_SELECTION && !selected.includes('\n')) {
			void this.search(selected);
		}
		this.focusRequests += 1;
	}

	/** The focus goes back to where it was. */
	close(): void {
		this.leave();
		if (this.#opener instanceof HTMLElement && this.#opener.isConnected) {
			this.#opener.focus({ preventScroll: true });
		}
	}

	/** Ends it where the focus goes elsewhere. */
	leave(): void {
		this.isOpen = false;
		this.#searching += 1;
		this.#hits = [];
		this.query = '';
		this.#highlighter?.show([], null);
		this.#highlighter = null;
		this.#stopWaiting?.();
		this.#stopWaiting = null;
	}

	/** Looks for a text, and goes to the first hit from where the reader is. */
	async search(query: string): Promise<void> {
		this.query = query;
		const hits = await this.#collect();
		if (hits === null) {
			return;
		}
		this.#hits = hits;
		const from = this.#rows().topmost?.messages[0]?.id ?? 0;
		const first = hits.findIndex(({ messageId }) => messageId >= from);
		this.#index = Math.max(0, first);
		await this.#go();
	}

	/** The branch has changed; the reader stays where he is. */
	async searchAgain(): Promise<void> {
		const old = this.#hits[this.#index];
		const hits = await this.#collect();
		if (hits !== null) {
			this.#hits = hits;
			const same = hits.findIndex(
				({ messageId, nth }) => messageId === old?.messageId && nth === old.nth
			);
			this.#index = Math.max(0, same);
			this.redraw();
		}
	}

	async step(by: -1 | 1): Promise<void> {
		const { length } = this.#hits;
		if (length > 0) {
			this.#index = (this.#index + by + length) % length;
			await this.#go();
		}
	}

	/** What is drawn has changed: the marks are drawn again with the next frame. */
	redraw(): void {
		this.#stopWaiting ??= onNextFrame(() => {
			this.#stopWaiting = null;
			this.#mark();
		});
	}

	/** `null`: something else is being looked for by now. */
	async #collect(): Promise<Hit[] | null> {
		this.#searching += 1;
		const search = this.#searching;
		this.isDone = false;
		const query = fold(this.query).text;
		const hits: Hit[] = [];
		let pause = performance.now() + SLICE_MS;
		for (const message of query === '' ? [] : this.#chat.branch) {
			const count = countOf(foldedText(message), query);
			for (let nth = 0; nth < count; nth += 1) {
				hits.push({ messageId: message.id, nth });
			}
			if (performance.now() > pause) {
				await new Promise((done) => setTimeout(done));
				pause = performance.now() + SLICE_MS;
			}
			if (search !== this.#searching) {
				return null;
			}
		}
		this.isDone = true;
		return hits;
	}

	async #go(): Promise<void> {
		const hit = this.#hits[this.#index];
		if (hit !== undefined) {
			await this.#rows().reveal(hit.messageId);
			await tick();
		}
		const current = this.#mark();
		if (current !== null) {
			this.#rows().bringIntoView(current, COMFORT_PX);
		}
	}

	/** Marks what is drawn; answers the range of the current hit. */
	#mark(): Range | null {
		const layer = document.querySelector<HTMLElement>('[data-marks]');
		if (!this.isOpen || layer === null) {
			return null;
		}
		this.#highlighter ??= createHighlighter(layer);
		const query = fold(this.query).text;
		const hit = this.#hits[this.#index];
		let current: Range | null = null;
		const all: Range[] = [];
		for (const turn of document.querySelectorAll('[data-turn]')) {
			const ranges = query === '' ? [] : findRanges(turn, query);
			all.push(...ranges);
			if (hit !== undefined && turn.getAttribute('data-turn') === String(hit.messageId)) {
				// Signs of Markdown may hide a hit, or make one: then the last one that there is.
				current = ranges[Math.min(hit.nth, ranges.length - 1)] ?? null;
			}
		}
		this.#highlighter.show(all, current);
		return current;
	}
}
