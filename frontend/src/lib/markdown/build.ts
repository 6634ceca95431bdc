/** Tokens to blocks, keeping every block that did not change. */

import type { Token, Tokens } from 'marked';

import type { Block, CodeBlock, HtmlBlock, PlainBlock } from './blocks';
import { buildList, NO_ITEMS, type SettledItems } from './buildList';
import { isTooMuch, type LazyLexer } from './lexer';
import type { MathWork } from './math';
import type { MathToken } from './mathText';
import { renderHtml, renderMath } from './renderer';

const PROSE: ReadonlySet<string> = new Set(['heading', 'html', 'paragraph', 'text']);
const OPENING_FENCE = /^ {0,3}(`{3,}|~{3,})/;
/** A paragraph without measure is laid out in pieces of about so many characters. */
const PIECE = 4_000;

/** How the tokens are to be read. */
export interface Reading {
	readonly lexer: LazyLexer;
	readonly math: MathWork;
	/** The last token may still grow: the text is not whole yet. */
	readonly growing: boolean;
	/** A block of the same source is the same block; not so when link definitions came later. */
	readonly reuse: boolean;
	/** In a list item whose lines are no paragraphs. */
	readonly isTight?: boolean;
}

export function isShown(token: Token): boolean {
	return (
		token.type !== 'space' &&
		token.type !== 'def' &&
		token.type !== 'checkbox' &&
		token.type !== 'note'
	);
}

/** Where the blocks stand among their siblings, and the items that their first list goes on from. */
export interface Place {
	readonly index: number;
	readonly items: SettledItems;
}

export function buildBlocks(
	tokens: readonly Token[],
	previous: readonly Block[],
	reading: Reading,
	{ index: firstIndex, items }: Place = { index: 0, items: NO_ITEMS }
): Block[] {
	const last = tokens.at(-1);
	return tokens.filter(isShown).map((token, index) => {
		const growing = reading.growing && token === last;
		const key = String(firstIndex + index);
		const settled = index === 0 ? items : NO_ITEMS;
		return buildBlock(token, key, previous[index], { ...reading, growing }, settled);
	});
}

function buildBlock(
	token: Token,
	key: string,
	previous: Block | undefined,
	reading: Reading,
	settled: SettledItems
): Block {
	if (PROSE.has(token.type) && isTooMuch(token.raw)) {
		return buildPlain(token.raw, key, previous, 'text');
	}
	switch (token.type) {
		case 'code':
			return buildCode(token as Tokens.Code, key, previous, reading);
		case 'list':
			return buildList(token as Tokens.List, key, previous, reading, settled);
		case 'blockquote':
			return buildQuote(token as Tokens.Blockquote, key, previous, reading);
		case 'table':
			return reading.growing
				? buildPlain(token.raw, key, previous, 'table')
				: buildHtml(token, key, previous, reading);
		case 'mathBlock':
			return buildMath(token as MathToken, key, previous, reading);
		default:
			return buildHtml(token, key, previous, reading);
	}
}

function buildHtml(
	token: Token,
	key: string,
	previous: Block | undefined,
	{ lexer, math, reuse, isTight = false }: Reading
): HtmlBlock {
	const type = token.type === 'table' ? 'table' : 'html';
	const isInline = isTight && (token.type === 'text' || token.type === 'paragraph');
	const same = previous?.type === type && previous.isInline === isInline ? previous : undefined;
	if (reuse && same?.source === token.raw && !same.isPending) {
		return same;
	}
	const { pending } = math;
	lexer.readInline(token);
	const html = renderHtml(asParagraph(token, isInline), isInline, math);
	const isPending = math.pending > pending;
	if (same?.html === html && same.isPending === isPending) {
		return same;
	}
	return { key, type, source: token.raw, html, isInline, isPending };
}

/** In a list marked calls a paragraph a text. */
function asParagraph(token: Token, isInline: boolean): Token {
	return token.type === 'text' && !isInline
		? { ...(token as Tokens.Text), type: 'paragraph' }
		: token;
}

function buildMath(
	token: MathToken,
	key: string,
	previous: Block | undefined,
	{ math }: Reading
): Block {
	if (token.isOpen) {
		return buildPlain(token.raw, key, previous, 'math');
	}
	const { pending } = math;
	const html = renderMath(token, math);
	const isPending = math.pending > pending;
	if (previous?.type === 'math' && previous.html === html && previous.isPending === isPending) {
		return previous;
	}
	return { key, type: 'math', source: token.raw, html, isInline: false, isPending };
}

export function buildPlain(
	text: string,
	key: string,
	previous: Block | undefined,
	form: PlainBlock['form']
): PlainBlock {
	if (previous?.type === 'plain' && previous.source === text && previous.form === form) {
		return previous;
	}
	return { key, type: 'plain', source: text, form, pieces: cut(text.trimEnd()) };
}

/** Cut at blanks where there are any, always at the same places of a text that grows. */
function cut(text: string): string[] {
	const pieces: string[] = [];
	let start = 0;
	do {
		const far = start + 2 * PIECE;
		const blank = text.slice(start + PIECE, far).search(/\s/);
		const end = blank === -1 ? far : start + PIECE + blank + 1;
		pieces.push(text.slice(start, end));
		start = end;
	} while (start < text.length);
	return pieces;
}

function isClosed(token: Tokens.Code, growing: boolean): boolean {
	const fence = OPENING_FENCE.exec(token.raw)?.[1];
	if (!growing || fence === undefined) {
		return !growing;
	}
	const end = token.raw.trimEnd();
	const lineStart = end.lastIndexOf('\n') + 1;
	const lastLine = lineStart === 0 ? '' : end.slice(lineStart).trim();
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
	const children = buildBlocks(token.tokens, same?.children ?? [], { ...reading, isTight: false });
	if (same && isSame(children, same.children)) {
		return same;
	}
	return { key, type: 'quote', source: token.raw, children };
}

export function isSame<T>(now: readonly T[], before: readonly T[]): boolean {
	return now.length === before.length && now.every((value, index) => value === before[index]);
}
