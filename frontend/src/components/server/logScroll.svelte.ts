import { tick, untrack } from 'svelte';
import type { Attachment } from 'svelte/attachments';

import type { LogLine } from '../../lib/backend/protocol';

/** Rem; the same stands in the style of a line. */
const ROW_REM = 1.1875;
/** Lines drawn above and below the view. */
const MARGIN_ROWS = 20;
const NEAR_END_ROWS = 1.5;

/**
 * Which lines of a long log are drawn, and how it follows its end until the reader goes up. Then
 * what is read stays where it is, though the oldest lines leave.
 */
export class LogScroll {
	isFollowing = $state(true);
	#top = $state(0);
	#height = $state(0);
	#row = $state(ROW_REM * 16);
	/** Numbers of the lines between which the reader selects; they stay drawn. */
	#selected = $state.raw<{ from: number; to: number } | null>(null);
	#lines: () => readonly LogLine[];
	#box: HTMLElement | null = null;
	#readNumber = 0;

	constructor(lines: () => readonly LogLine[]) {
		this.#lines = lines;
	}

	/** From `start` up to but without `end`. */
	range = $derived.by(() => {
		const lines = this.#lines();
		const first = Math.floor(this.#top / this.#row) - MARGIN_ROWS;
		const last = Math.ceil((this.#top + this.#height) / this.#row) + MARGIN_ROWS;
		let start = Math.max(0, Math.min(first, lines.length));
		let end = Math.max(start, Math.min(lines.length, last));
		if (this.#selected !== null) {
			start = Math.min(start, indexOf(lines, this.#selected.from));
			end = Math.max(end, Math.min(lines.length, indexOf(lines, this.#selected.to) + 1));
		}
		return { start, end };
	});

	readonly attach: Attachment<HTMLElement> = (box) => {
		this.#box = box;
		const sizes = new ResizeObserver(() => this.#measure());
		sizes.observe(box);
		box.addEventListener('scroll', this.#onScroll, { passive: true });
		document.addEventListener('selectionchange', this.#onSelection);
		$effect(() => {
			this.#lines();
			untrack(() => void tick().then(() => this.#settle()));
		});
		return () => {
			sizes.disconnect();
			box.removeEventListener('scroll', this.#onScroll);
			document.removeEventListener('selectionchange', this.#onSelection);
			this.#box = null;
		};
	};

	/** Goes to the end and stays there. */
	follow(): void {
		this.isFollowing = true;
		this.#settle();
	}

	/** The lines that the reader has selected, if they are more than one. */
	get selectedLines(): readonly LogLine[] {
		if (this.#selected === null || this.#selected.from === this.#selected.to) {
			return [];
		}
		const { from, to } = this.#selected;
		return this.#lines().filter(({ number }) => number >= from && number <= to);
	}

	#measure(): void {
		if (this.#box !== null) {
			this.#row = parseFloat(getComputedStyle(document.documentElement).fontSize) * ROW_REM;
			this.#height = this.#box.clientHeight;
			this.#settle();
		}
	}

	/** After the lines or the size have changed. */
	#settle(): void {
		const box = this.#box;
		if (box === null) {
			return;
		}
		if (this.isFollowing) {
			box.scrollTop = box.scrollHeight;
		} else {
			const within = box.scrollTop % this.#row;
			box.scrollTop = indexOf(this.#lines(), this.#readNumber) * this.#row + within;
		}
		this.#top = box.scrollTop;
	}

	#onScroll = (): void => {
		const box = this.#box;
		if (box === null) {
			return;
		}
		const isUp = box.scrollTop < this.#top;
		this.#top = box.scrollTop;
		const left = box.scrollHeight - box.clientHeight - box.scrollTop;
		if (left <= this.#row * NEAR_END_ROWS) {
			this.isFollowing = this.#selected === null;
		} else if (isUp) {
			this.isFollowing = false;
		}
		this.#readNumber = this.#lines()[Math.floor(this.#top / this.#row)]?.number ?? 0;
	};

	#onSelection = (): void => {
		const selection = document.getSelection();
		const from = numberOf(this.#box, selection?.anchorNode ?? null);
		const to = numberOf(this.#box, selection?.focusNode ?? null);
		if (selection === null || selection.isCollapsed || from === null || to === null) {
			this.#selected = null;
			return;
		}
		this.#selected = { from: Math.min(from, to), to: Math.max(from, to) };
		this.isFollowing = false;
	};
}

function numberOf(box: HTMLElement | null, node: Node | null): number | null {
	const element = node instanceof Element ? node : (node?.parentElement ?? null);
	const line = element?.closest<HTMLElement>('[data-number]') ?? null;
	return line === null || box === null || !box.contains(line) ? null : Number(line.dataset.number);
}

/** Of the first line with this number or a later one; numbers rise. */
function indexOf(lines: readonly LogLine[], number: number): number {
	let low = 0;
	let high = lines.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((lines[middle]?.number ?? Infinity) < number) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}
