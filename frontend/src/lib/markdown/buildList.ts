/** Lists to blocks, item by item. */

import type { Token, Tokens } from 'marked';

import type { Block, ListBlock, ListItem } from './blocks';
import { buildBlocks, isSame, type Reading } from './build';

const ENDS_WITH_BLANK = /\n[ \t]*\n[ \t]*$/;

/** The items of a list that are read for good; what follows is read on from there. */
export interface SettledItems {
	readonly items: readonly ListItem[];
	readonly ordered: boolean;
	readonly start: number;
	/** A blank line stands between the last of them and the next. */
	readonly endsWithBlank: boolean;
}

export const NO_ITEMS: SettledItems = {
	items: [],
	ordered: false,
	start: 1,
	endsWithBlank: false
};

/** All items but the last few, with the length of those that `token` holds; `null`: there are none. */
export function settleItems(
	token: Token | undefined,
	block: Block | undefined,
	unsettled: number
): { length: number; settled: SettledItems } | null {
	if (token?.type !== 'list' || block?.type !== 'list') {
		return null;
	}
	const { items, ordered } = token as Tokens.List;
	const done = items.slice(0, -unsettled);
	const last = done.at(-1);
	if (last === undefined) {
		return null;
	}
	return {
		length: done.reduce((sum, { raw }) => sum + raw.length, 0),
		settled: {
			items: block.items.slice(0, -unsettled),
			ordered,
			start: block.start,
			endsWithBlank: ENDS_WITH_BLANK.test(last.raw)
		}
	};
}

export function buildList(
	token: Tokens.List,
	key: string,
	previous: Block | undefined,
	reading: Reading,
	settled: SettledItems = NO_ITEMS
): ListBlock {
	const same = previous?.type === 'list' ? previous : undefined;
	const last = token.items.at(-1);
	const offset = settled.items.length;
	let { endsWithBlank } = settled;
	const items = token.items.map((item, index) => {
		const growing = reading.growing && item === last;
		const built = buildItem(item, String(offset + index), same?.items[offset + index], {
			...reading,
			growing,
			loose: endsWithBlank
		});
		endsWithBlank = ENDS_WITH_BLANK.test(item.raw);
		return built;
	});
	const start = offset > 0 ? settled.start : token.start === '' ? 1 : token.start;
	if (
		same?.ordered === token.ordered &&
		same.start === start &&
		same.items.length === offset + items.length &&
		items.every((item, index) => item === same.items[offset + index])
	) {
		return same;
	}
	const all = offset > 0 ? [...settled.items, ...items] : items;
	return { key, type: 'list', source: token.raw, ordered: token.ordered, start, items: all };
}

/**
 * marked calls all items loose as soon as one is, also those before it. Here each item is by
 * itself, so that nothing changes that was read: its lines are paragraphs if blanks part them.
 */
function buildItem(
	item: Tokens.ListItem,
	key: string,
	previous: ListItem | undefined,
	reading: Reading & { loose: boolean }
): ListItem {
	const { loose } = reading;
	const checked = item.task ? (item.checked ?? false) : null;
	const same = previous?.loose === loose && previous.checked === checked ? previous : undefined;
	if (
		reading.reuse &&
		!reading.growing &&
		same?.source === item.raw &&
		!same.children.some(isOpen)
	) {
		return same;
	}
	const isTight = !item.tokens.slice(0, -1).some(({ type }) => type === 'space');
	const children = buildBlocks(item.tokens, same?.children ?? [], { ...reading, isTight });
	if (same && isSame(children, same.children)) {
		return same;
	}
	return { key, source: item.raw, checked, loose, children };
}

/** It would be built otherwise now: it grew then, or a formula of it could not be made yet. */
export function isOpen(block: Block): boolean {
	switch (block.type) {
		case 'html':
		case 'table':
		case 'math':
			return block.isPending;
		case 'plain':
			return block.form !== 'text';
		case 'code':
			return !block.closed;
		case 'list':
			return block.items.some((item) => item.children.some(isOpen));
		case 'quote':
			return block.children.some(isOpen);
		case 'notes':
			return block.notes.some((note) => note.children.some(isOpen));
		default:
			return block satisfies never;
	}
}
