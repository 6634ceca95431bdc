/**
 * Markdown that grows.
 *
 * Only the last two blocks are read again with every update: a later line can still change the
 * last one (a heading by its underline, a list by an indented line), and the blank between two
 * decides whether they are one. Everything before them is settled. What comes out when the text is
 * whole equals what one parse of the whole text gives, however it was cut into updates.
 */

import type { Token } from 'marked';

import type { Block } from './blocks';
import { buildBlocks, buildPlain } from './build';
import { LazyLexer, type Links } from './lexer';

const UNSETTLED_BLOCKS = 2;

interface Settled {
	/** Characters of the source that are read for good. */
	readonly length: number;
	readonly blocks: readonly Block[];
	readonly links: Links;
}

const NOTHING: Settled = { length: 0, blocks: [], links: {} };

export class MarkdownStream {
	#source = '';
	#settled: Settled = NOTHING;
	#blocks: readonly Block[] = [];

	/** Blocks of the text so far; `finished` says that nothing will be added. */
	update(text: string, finished: boolean): readonly Block[] {
		const source = withoutCarriageReturns(text);
		if (!source.startsWith(this.#source)) {
			this.#settled = NOTHING;
			this.#blocks = [];
		}
		this.#source = source;
		try {
			this.#blocks = finished ? this.#readWhole() : this.#readOn();
		} catch (error) {
			if (!(error instanceof RangeError)) {
				throw error;
			}
			// Nested deeper than the stack: nobody's prose. It is shown as it was written.
			this.#blocks = [buildPlain(source, '0', this.#blocks[0], false)];
		}
		return this.#blocks;
	}

	#readOn(): readonly Block[] {
		const { length, blocks, links } = this.#settled;
		const lexer = new LazyLexer(links);
		const tokens = lexer.readBlocks(this.#source.slice(length));
		const tail = buildBlocks(
			tokens,
			this.#blocks.slice(blocks.length),
			{ lexer, growing: true, reuse: true },
			blocks.length
		);
		const all = [...blocks, ...tail];
		this.#settle(tokens, all, lexer.tokens.links);
		return all;
	}

	/** A definition at the end gives meaning to references at the beginning: then all is read again. */
	#readWhole(): readonly Block[] {
		const { length, blocks, links } = this.#settled;
		const lexer = new LazyLexer(links);
		const tokens = lexer.readBlocks(this.#source.slice(length));
		if (Object.keys(lexer.tokens.links).length === 0) {
			const before = this.#blocks.slice(blocks.length);
			const tail = buildBlocks(
				tokens,
				before,
				{ lexer, growing: false, reuse: true },
				blocks.length
			);
			return [...blocks, ...tail];
		}
		const whole = new LazyLexer({});
		const all = whole.readBlocks(this.#source);
		return buildBlocks(all, this.#blocks, { lexer: whole, growing: false, reuse: false });
	}

	#settle(tokens: readonly Token[], blocks: readonly Block[], links: Links): void {
		const count = settledTokens(tokens);
		if (count === 0) {
			return;
		}
		const done = tokens.slice(0, count);
		const shown = done.filter((token) => token.type !== 'space' && token.type !== 'def').length;
		this.#settled = {
			length: this.#settled.length + done.reduce((sum, token) => sum + token.raw.length, 0),
			blocks: blocks.slice(0, this.#settled.blocks.length + shown),
			links
		};
	}
}

/** How many tokens stand before the last two that are no blank. */
function settledTokens(tokens: readonly Token[]): number {
	let unsettled = 0;
	for (let index = tokens.length - 1; index >= 0; index -= 1) {
		unsettled += tokens[index]?.type === 'space' ? 0 : 1;
		if (unsettled === UNSETTLED_BLOCKS) {
			return index;
		}
	}
	return 0;
}

/** Blocks of a text that is whole. */
export function parseMarkdown(text: string): readonly Block[] {
	return new MarkdownStream().update(text, true);
}

function withoutCarriageReturns(text: string): string {
	return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

/** How far back a word that is still being written can begin. */
const LONGEST_WORD = 40;
/** The rest of a word: no blank, and no sign of a script that is written without blanks. */
const UNFINISHED_WORD = /[^\s\u3000-\u9fff\uac00-\ud7af\uff00-\uffef]*$/;

/** The text up to its last whole word, so that words do not grow letter by letter. */
export function wholeWords(text: string): string {
	const tail = text.slice(-LONGEST_WORD);
	const rest = UNFINISHED_WORD.exec(tail)?.[0].length ?? 0;
	// The blank before a word belongs to it: else the caret would stand apart from the text.
	return rest === tail.length ? text : text.slice(0, text.length - rest).replace(/[ \t]+$/, '');
}
