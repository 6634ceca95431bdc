import { tick } from 'svelte';
import type { Attachment } from 'svelte/attachments';

import type { GroupedConversations } from '../../lib/days';
import { type RowRange, rowTop, visibleRows } from '../../lib/listWindow';

/** Lists longer than this draw only the rows near the view. */
const DRAWN_WHOLE = 200;
/** Heights as ConversationRow (`--row`) and the headings of ConversationList have them. */
const HEIGHTS_REM = { heading: 2.0625, firstHeading: 1.5625 };
export const ROW_REM = { comfortable: 1.875, compact: 1.625 };
const USUAL_REM = 16;

/** Owns which rows of a list are drawn, and brings others into the view. */
export class ListView {
	readonly #groups: () => readonly GroupedConversations[];
	readonly #rowRem: () => number;
	#element: HTMLElement | null = null;
	#view = $state.raw({ top: 0, height: 0, rem: USUAL_REM });

	#sizes = $derived.by(() => this.#groups().map(({ conversations }) => conversations.length));
	#measures = $derived.by(() => ({
		row: this.#rowRem() * this.#view.rem,
		heading: HEIGHTS_REM.heading * this.#view.rem,
		firstHeading: HEIGHTS_REM.firstHeading * this.#view.rem
	}));
	#ranges = $derived.by((): RowRange[] => {
		const count = this.#sizes.reduce((sum, size) => sum + size, 0);
		return count > DRAWN_WHOLE
			? visibleRows(this.#sizes, this.#view, this.#measures)
			: this.#sizes.map((end) => ({ start: 0, end }));
	});

	/** `rowRem`: the height of a row. */
	constructor(groups: () => readonly GroupedConversations[], rowRem: () => number) {
		this.#groups = groups;
		this.#rowRem = rowRem;
	}

	/** The rows of a group that are drawn, and the room that the others leave. */
	part(group: number): RowRange & { above: string; below: string } {
		const { start, end } = this.#ranges[group] ?? { start: 0, end: 0 };
		const left = (this.#sizes[group] ?? 0) - end;
		return {
			start,
			end,
			above: `${start * this.#rowRem()}rem`,
			below: `${left * this.#rowRem()}rem`
		};
	}

	/** Gives a row the focus; one that is not drawn is brought into the view first. */
	async focus(id: string): Promise<void> {
		await tick();
		if (this.#find(id) === null) {
			this.#scrollTo(id);
			await tick();
		}
		this.#find(id)?.focus();
	}

	readonly attach: Attachment<HTMLElement> = (element) => {
		const measure = (): void => {
			const rem = parseFloat(getComputedStyle(document.documentElement).fontSize) || USUAL_REM;
			this.#view = { top: element.scrollTop, height: element.clientHeight, rem };
		};
		this.#element = element;
		const observer = new ResizeObserver(measure);
		observer.observe(element);
		element.addEventListener('scroll', measure, { passive: true });
		return () => {
			this.#element = null;
			observer.disconnect();
			element.removeEventListener('scroll', measure);
		};
	};

	#find(id: string): HTMLElement | null {
		return this.#element?.querySelector(`[data-row="${CSS.escape(id)}"]`) ?? null;
	}

	#scrollTo(id: string): void {
		const groups = this.#groups();
		const group = groups.findIndex(({ conversations }) => conversations.some((c) => c.id === id));
		const row = groups[group]?.conversations.findIndex((c) => c.id === id);
		if (this.#element === null || row === undefined) {
			return;
		}
		const top = rowTop(this.#sizes, group, row, this.#measures);
		this.#element.scrollTop = top - this.#view.height / 2;
		this.#view = { ...this.#view, top: this.#element.scrollTop };
	}
}
