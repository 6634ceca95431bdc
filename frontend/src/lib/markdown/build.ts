/** Tokens to blocks, keeping every block that did not change. */

import type { Token, Tokens } from 'marked';

import type { Block, CodeBlock, HtmlBlock, ListBlock, ListItem, PlainBlock } from './blocks';
import type { LazyLexer } from './lexer';
import { renderBlock, renderInline } from './renderer';
import { sanitizeProse } from './sanitize';

const OPENING_FENCE = /^ {0,3}(`{3,}|~{3,})/;

/** How the tokens are to be read. */
export interface Reading {
	readonly lexer: LazyLexer;
	/** The last token may still grow: the text is not whole yet. */
	readonly growing: boolean;
	/** A block of the same source is the same block; not so when link definitions came later. */
	readonly reuse: boolean;
}

function isShown(token: Token): boolean {
	return token.type !== 'space' && token.type !== 'def' && token.type !== 'checkbox';
}

export function buildBlocks(
	tokens: readonly Token[],
	previous: readonly Block[],
	reading: Reading,
	firstIndex = 0
): Block[] {
	const last = tokens.at(-1);
	return tokens.filter(isShown).map((token, index) => {
		const growing = reading.growing && token === last;
		return buildBlock(token, String(firstIndex + index), previous[index], { ...reading, growing });
	});
}

function buildBlock(
	token: Token,
	key: string,
	previous: Block | undefined,
	reading: Reading
): Block {
	switch (token.type) {
		case 'code':
			return buildCode(token as Tokens.Code, key, previous, reading);
		case 'list':
			return buildList(token as Tokens.List, key, previous, reading);
		case 'blockquote':
			return buildQuote(token as Tokens.Blockquote, key, previous, reading);
		case 'table':
			return reading.growing
				? buildPlain(token.raw, key, previous, true)
				: buildHtml(token, key, previous, reading);
		default:
			return buildHtml(token, key, previous, reading);
	}
}

function buildHtml(
	token: Token,
	key: string,
	previous: Block | undefined,
	{ lexer, reuse }: Reading
): HtmlBlock {
	const type = token.type === 'table' ? 'table' : 'html';
	if (reuse && previous?.type === type && previous.source === token.raw) {
		return previous;
	}
	lexer.readInline(token);
	// In a tight list item text stands without a paragraph.
	const html = sanitizeProse(
		token.type === 'text' && token.tokens ? renderInline(token.tokens) : renderBlock(token)
	);
	if (previous?.type === type && previous.html === html) {
		return previous;
	}
	return { key, type, source: token.raw, html };
}

export function buildPlain(
	text: string,
	key: string,
	previous: Block | undefined,
	aligned: boolean
): PlainBlock {
	if (previous?.type === 'plain' && previous.source === text && previous.aligned === aligned) {
		return previous;
	}
	return { key, type: 'plain', source: text, text: text.trimEnd(), aligned };
}

function isClosed(token: Tokens.Code, growing: boolean): boolean {
	const fence = OPENING_FENCE.exec(token.raw)?.[1];
	if (!growing || fence === undefined) {
		return !growing;
	}
	const lastLine = token.raw.trimEnd().split('\n').slice(1).at(-1)?.trim() ?? '';
	return lastLine.length >= fence.length && lastLine === fence.charAt(0).repeat(lastLine.length);
}

function buildCode(
	token: Tokens.Code,
	key: string,
	previous: Block | undefined,
	{ growing }: Reading
): CodeBlock {
	const closed = isClosed(token, growing);
	const language = (token.lang ?? '').trim().split(/\s/, 1)[0]?.toLowerCase() ?? '';
	if (
		previous?.type === 'code' &&
		previous.code === token.text &&
		previous.closed === closed &&
		previous.language === language
	) {
		return previous;
	}
	return { key, type: 'code', source: token.raw, language, code: token.text, closed };
}

function buildQuote(
	token: Tokens.Blockquote,
	key: string,
	previous: Block | undefined,
	reading: Reading
): Block {
	const same = previous?.type === 'quote' ? previous : undefined;
	const children = buildBlocks(token.tokens, same?.children ?? [], reading);
	if (same && isSame(children, same.children)) {
		return same;
	}
	return { key, type: 'quote', source: token.raw, children };
}

function buildList(
	token: Tokens.List,
	key: string,
	previous: Block | undefined,
	reading: Reading
): ListBlock {
	const same = previous?.type === 'list' ? previous : undefined;
	const last = token.items.at(-1);
	const items = token.items.map((item, index) => {
		const growing = reading.growing && item === last;
		return buildItem(item, String(index), same?.items[index], { ...reading, growing });
	});
	const start = token.start === '' ? 1 : token.start;
	if (same?.ordered === token.ordered && same.start === start && isSame(items, same.items)) {
		return same;
	}
	return { key, type: 'list', source: token.raw, ordered: token.ordered, start, items };
}

function buildItem(
	item: Tokens.ListItem,
	key: string,
	previous: ListItem | undefined,
	reading: Reading
): ListItem {
	const checked = item.task ? (item.checked ?? false) : null;
	const same =
		previous?.loose === item.loose && previous.checked === checked ? previous : undefined;
	if (
		reading.reuse &&
		!reading.growing &&
		same?.source === item.raw &&
		!same.children.some(isOpen)
	) {
		return same;
	}
	const children = buildBlocks(item.tokens, same?.children ?? [], reading);
	if (same && isSame(children, same.children)) {
		return same;
	}
	return { key, source: item.raw, checked, loose: item.loose, children };
}

/** It was built while it grew, and would be built otherwise now. */
function isOpen(block: Block): boolean {
	switch (block.type) {
		case 'html':
		case 'table':
			return false;
		case 'plain':
			return block.aligned;
		case 'code':
			return !block.closed;
		case 'list':
			return block.items.some((item) => item.children.some(isOpen));
		case 'quote':
			return block.children.some(isOpen);
		default:
			return block satisfies never;
	}
}

function isSame<T>(now: readonly T[], before: readonly T[]): boolean {
	return now.length === before.length && now.every((value, index) => value === before[index]);
}
