/** How much of a growing text is read for good. */

import type { Token, Tokens } from 'marked';

import type { Block } from './blocks';
import { isShown } from './build';
import { NO_ITEMS, type SettledItems, settleItems } from './buildList';
import type { Links } from './lexer';

const UNSETTLED = 2;

export interface Settled {
	/** Characters of the source that are read for good. */
	readonly length: number;
	readonly blocks: readonly Block[];
	/** Of the list that follows `blocks` and goes on. */
	readonly items: SettledItems;
	readonly links: Links;
}

export const NOTHING_SETTLED: Settled = { length: 0, blocks: [], items: NO_ITEMS, links: {} };

/** Whether what was read behind settled items belongs to them, as it must. */
export function goesOn({ items }: Settled, tokens: readonly Token[]): boolean {
	const [first] = tokens;
	return (
		items.items.length === 0 ||
		(first?.type === 'list' && (first as Tokens.List).ordered === items.ordered)
	);
}

/** What is settled once these tokens are read behind what was; `blocks` are all blocks by now. */
export function settle(
	before: Settled,
	tokens: readonly Token[],
	blocks: readonly Block[],
	links: Links
): Settled {
	const list = lastShown(tokens);
	const items = settleItems(tokens[list], blocks.at(-1), UNSETTLED);
	const count = items === null ? settledTokens(tokens) : list;
	if (count === 0 && items === null) {
		return before;
	}
	const done = tokens.slice(0, count);
	const length = done.reduce((sum, token) => sum + token.raw.length, before.length);
	const open = tokens.slice(count).filter(isShown).length;
	return {
		length: length + (items?.length ?? 0),
		blocks: blocks.slice(0, blocks.length - open),
		items: items?.settled ?? NO_ITEMS,
		links
	};
}

/** How many tokens stand before the last two that are no blank. */
function settledTokens(tokens: readonly Token[]): number {
	let unsettled = 0;
	for (let index = tokens.length - 1; index >= 0; index -= 1) {
		unsettled += tokens[index]?.type === 'space' ? 0 : 1;
		if (unsettled === UNSETTLED) {
			return index;
		}
	}
	return 0;
}

function lastShown(tokens: readonly Token[]): number {
	let index = tokens.length - 1;
	while (tokens[index]?.type === 'space') {
		index -= 1;
	}
	return index;
}
