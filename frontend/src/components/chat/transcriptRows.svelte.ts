import { SvelteMap } from 'svelte/reactivity';
import type { Attachment } from 'svelte/attachments';
import { tick } from 'svelte';

import type { StickToBottom } from '../../lib/attachments/stickToBottom.svelte';
import type { Message } from '../../lib/backend/protocol';
import { onNextFrame } from '../../lib/frames';
import { RowHeights } from '../../lib/transcript/rowHeights';
import { layRows, nextSpan, type RowSpan } from '../../lib/transcript/rowSpans';
import type { Exchange } from './exchanges';

/** A row that is drawn, with the room of those above it that are not. */
export interface Row {
	readonly exchange: Exchange;
	readonly gap: number;
}

/** Rows at the end that are drawn before anything has been measured. */
const FIRST_ROWS = 4;
/** How far below the view's top a turn stands that was gone to. */
const HEADROOM_PX = 16;

/**
 * Owns which exchanges of the open chat are in the page: those that are seen, those near them, and
 * the few that must not go (with the focus, with an end of the selection). Of the others there is
 * room, as high as they were when they were drawn, or as they will about be.
 */
export class TranscriptRows {
	/** What the person unfolded or folded by hand, for rows come and go. */
	readonly folds = new SvelteMap<number, boolean>();
	/** The turn that has or had the focus: Tab reaches it. */
	currentId = $state<number | null>(null);

	#exchanges = $state.raw<readonly Exchange[]>([]);
	#span = $state.raw<RowSpan>({ start: 0, end: 0 });
	/** Drawn wherever the reader is. */
	#held = $state.raw<readonly number[]>([]);
	#layout = $derived(this.#lay());

	readonly #end: StickToBottom;
	readonly #heights = new RowHeights();
	#scroller: HTMLElement | null = null;
	#column: HTMLElement | null = null;
	#stopWaiting: (() => void) | null = null;
	#editedId: number | null = null;

	constructor(end: StickToBottom) {
		this.#end = end;
	}

	get rows(): readonly Row[] {
		return this.#layout.rows;
	}

	/** The room of what is not drawn at the end. */
	get gap(): number {
		return this.#layout.gap;
	}

	/** For the element that scrolls. */
	readonly scrolled: Attachment<HTMLElement> = (scroller) => {
		this.#scroller = scroller;
		const look = (): void => this.look();
		scroller.addEventListener('scroll', look, { passive: true });
		document.addEventListener('selectionchange', look);
		const observer = new ResizeObserver(look);
		observer.observe(scroller);
		return () => {
			observer.disconnect();
			scroller.removeEventListener('scroll', look);
			document.removeEventListener('selectionchange', look);
			this.#stopWaiting?.();
			this.#stopWaiting = null;
			this.#scroller = null;
		};
	};

	/** For the element that the rows stand in. */
	readonly column: Attachment<HTMLElement> = (column) => {
		this.#column = column;
		return () => {
			this.#column = null;
		};
	};

	/** For the element of one row. */
	measure(id: number): Attachment<HTMLElement> {
		return (element) => {
			const observer = new ResizeObserver(([entry]) => {
				const height = entry?.borderBoxSize[0]?.blockSize ?? 0;
				if (height > 0 && this.#heights.measure(id, height)) {
					this.#end.settle();
				}
			});
			observer.observe(element);
			return () => observer.disconnect();
		};
	}

	/** Takes what the branch has become; at first its end is drawn. */
	show(exchanges: readonly Exchange[], editedId: number | null): void {
		this.#editedId = editedId;
		const old = this.#exchanges;
		if (old !== exchanges) {
			this.#exchanges = exchanges;
			this.#span = this.#spanAfter(old);
			this.#wait();
		}
		this.#hold();
	}

	/** Draws what is seen now, and more of what is near with each frame. */
	look(): void {
		const scroller = this.#scroller;
		if (scroller === null || scroller.clientHeight === 0 || this.#exchanges.length === 0) {
			return;
		}
		const view = { top: scroller.scrollTop - this.#offset(), height: scroller.clientHeight };
		const isTrimmed = !this.#isSelecting();
		const span = nextSpan(this.#allHeights(), this.#span, view, isTrimmed);
		this.#hold();
		if (span !== this.#span) {
			this.#span = span;
			this.#wait();
		}
	}

	/** Draws the row of a message and goes there. Answers its element, `null` when it is not shown. */
	async reveal(messageId: number): Promise<HTMLElement | null> {
		const index = this.#indexOf(messageId);
		const scroller = this.#scroller;
		if (index === -1 || scroller === null) {
			return null;
		}
		if (index < this.#span.start || index >= this.#span.end) {
			this.#span = { start: index, end: Math.min(index + 2, this.#exchanges.length) };
			await tick();
		}
		return this.turnElement(messageId);
	}

	/** Goes to a message and gives it the focus. Answers whether it is shown. */
	async goTo(messageId: number): Promise<boolean> {
		const turn = await this.reveal(messageId);
		turn?.focus({ preventScroll: true });
		if (turn !== null) {
			this.bringUp(turn);
		}
		return turn !== null;
	}

	/** Puts something that is drawn near the top of the view, where it stays. */
	bringUp(place: Range | Element, below = HEADROOM_PX): void {
		const scroller = this.#scroller;
		if (scroller === null) {
			return;
		}
		const edge = scroller.getBoundingClientRect().top + below;
		scroller.scrollTop += place.getBoundingClientRect().top - edge;
		this.#end.hold();
		this.look();
	}

	/** Brings a place into view, with some room around it; where it is seen already, nothing moves. */
	bringIntoView(place: Range | Element, room: number): void {
		const scroller = this.#scroller;
		if (scroller === null) {
			return;
		}
		const view = scroller.getBoundingClientRect();
		const { top, bottom } = place.getBoundingClientRect();
		if (top < view.top + room || bottom > view.bottom - room) {
			this.bringUp(place, view.height / 3);
		} else {
			this.#end.hold();
		}
	}

	/** Moves the focus to the turn before or after one; answers whether there is one. */
	async step(branch: readonly Message[], from: number, by: -1 | 1): Promise<boolean> {
		const next = branch[branch.findIndex(({ id }) => id === from) + by];
		const element = next === undefined ? null : await this.reveal(next.id);
		element?.focus();
		return element !== null;
	}

	turnElement(messageId: number): HTMLElement | null {
		return this.#column?.querySelector<HTMLElement>(`[data-turn="${messageId}"]`) ?? null;
	}

	/** The exchange at the top of the view. */
	get topmost(): Exchange | null {
		const scroller = this.#scroller;
		if (scroller === null) {
			return null;
		}
		let bottom = this.#offset() - scroller.scrollTop;
		return (
			this.#exchanges.find((exchange) => {
				bottom += this.#heights.of(exchange);
				return bottom > 0;
			}) ?? null
		);
	}

	/** What was drawn stays drawn; who was at the end is there again. */
	#spanAfter(old: readonly Exchange[]): RowSpan {
		const { length } = this.#exchanges;
		const drawn = this.#span.end - this.#span.start;
		const firstId = old[this.#span.start]?.id;
		const start = this.#exchanges.findIndex(({ id }) => id === firstId);
		if (start !== -1) {
			const end = this.#span.end === old.length ? length : Math.min(length, start + drawn);
			return { start, end: Math.max(start + 1, end) };
		}
		this.currentId = null;
		return { start: Math.max(0, length - FIRST_ROWS), end: length };
	}

	#wait(): void {
		this.#stopWaiting ??= onNextFrame(() => {
			this.#stopWaiting = null;
			this.look();
		});
	}

	/** Where the first row begins, in what is scrolled. */
	#offset(): number {
		return this.#column?.offsetTop ?? 0;
	}

	#allHeights(): number[] {
		return this.#exchanges.map((exchange) => this.#heights.of(exchange));
	}

	#indexOf(messageId: number): number {
		return this.#exchanges.findIndex(({ messages }) => messages.some(({ id }) => id === messageId));
	}

	#rowOf(node: Node | null): number | null {
		const element = node instanceof Element ? node : (node?.parentElement ?? null);
		const turn = element?.closest('[data-turn]') ?? null;
		if (turn === null || this.#column?.contains(turn) !== true) {
			return null;
		}
		const index = this.#indexOf(Number(turn.getAttribute('data-turn')));
		return index === -1 ? null : index;
	}

	#isSelecting(): boolean {
		const selection = document.getSelection();
		return selection?.isCollapsed === false && this.#rowOf(selection.anchorNode) !== null;
	}

	#hold(): void {
		const selection = document.getSelection();
		const edited = this.#editedId === null ? null : this.#indexOf(this.#editedId);
		const rows = [
			this.#rowOf(document.activeElement),
			this.#rowOf(selection?.anchorNode ?? null),
			this.#rowOf(selection?.focusNode ?? null),
			edited === -1 ? null : edited
		].filter((row) => row !== null);
		if (rows.join() !== this.#held.join()) {
			this.#held = rows;
		}
	}

	#lay(): { rows: Row[]; gap: number } {
		const { rows, gap } = layRows(this.#allHeights(), this.#span, this.#held);
		return {
			rows: rows.flatMap(({ row, gap: room }) => {
				const exchange = this.#exchanges[row];
				return exchange === undefined ? [] : [{ exchange, gap: room }];
			}),
			gap
		};
	}
}
