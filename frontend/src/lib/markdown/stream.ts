/**
 * Markdown that grows.
 *
 * Only the last two blocks are read again with every update, and of a list only its last two
 * items: a later line can still change the last one (a heading by its underline, an item by an
 * indented line), and the blank between two decides whether they are one. Everything before them
 * is settled. What comes out when the text is whole equals what one parse of the whole text gives,
 * however it was cut into updates.
 */

import type { Block } from './blocks';
import { buildBlocks, buildPlain, type Reading } from './build';
import { buildNotes } from './buildNotes';
import { type Citations, NO_CITATIONS } from './citations';
import { GrowingText } from './cleanText';
import { LazyLexer, type Links } from './lexer';
import { MathWork } from './math';
import { Notes } from './notes';
import { goesOn, NOTHING_SETTLED, type Settled, settle } from './settled';

export class MarkdownStream {
	/** Formulas are still missing: `readAgain` puts them in once they can be made. */
	isPending = false;

	readonly #citations: Citations;
	readonly #text = new GrowingText();
	#source = '';
	#finished = false;
	#settled: Settled = NOTHING_SETTLED;
	#notes = new Notes();
	#blocks: readonly Block[] = [];

	/** `citations`: the numbers of passages that the text may speak of. */
	constructor(citations: Citations = NO_CITATIONS) {
		this.#citations = citations;
	}

	/** Blocks of the text so far; `finished` says that nothing will be added. */
	update(text: string, finished: boolean): readonly Block[] {
		const source = this.#text.update(text);
		if (!source.startsWith(this.#source)) {
			this.#settled = NOTHING_SETTLED;
			this.#notes = new Notes();
			this.#blocks = [];
		}
		this.#source = source;
		this.#finished = finished;
		return this.#read();
	}

	/** The same text once more, with the formulas that can be made by now. */
	readAgain(): readonly Block[] {
		this.#settled = NOTHING_SETTLED;
		this.isPending = false;
		return this.#read();
	}

	#read(): readonly Block[] {
		const math = new MathWork();
		try {
			this.#blocks = this.#finished ? this.#readWhole(math) : this.#readOn(math);
		} catch (error) {
			if (!(error instanceof RangeError)) {
				throw error;
			}
			// Nested deeper than the stack: nobody's prose. It is shown as it was written.
			this.#blocks = [buildPlain(this.#source, '0', this.#blocks[0], 'text')];
		}
		this.isPending ||= math.pending > 0;
		return this.#blocks;
	}

	#readOn(math: MathWork): readonly Block[] {
		const { links, blocks, tokens } = this.#readTail(math, true);
		this.#settled = settle(this.#settled, tokens, blocks, links);
		return this.#withNotes(blocks, math, links, true);
	}

	/** A definition at the end gives meaning to references at the beginning: then all is read again. */
	#readWhole(math: MathWork): readonly Block[] {
		const { links, blocks } = this.#readTail(math, false);
		if (Object.keys(links).length === 0 && this.#notes.isEmpty) {
			return blocks;
		}
		this.#settled = NOTHING_SETTLED;
		this.#notes = new Notes();
		const whole = this.#readTail(math, false, false);
		return this.#withNotes(whole.blocks, math, whole.links, false);
	}

	/** What is not settled, behind what is. */
	#readTail(math: MathWork, growing: boolean, reuse = true) {
		const lexer = new LazyLexer({
			links: this.#settled.links,
			notes: this.#notes,
			citations: this.#citations,
			isGrowing: growing
		});
		let tokens = lexer.readBlocks(this.#source.slice(this.#settled.length));
		if (!goesOn(this.#settled, tokens)) {
			this.#settled = { ...NOTHING_SETTLED, links: this.#settled.links };
			lexer.tokens.splice(0);
			tokens = lexer.readBlocks(this.#source);
		}
		const { blocks: before, items } = this.#settled;
		const reading: Reading = { lexer, math, growing, reuse };
		const tail = buildBlocks(tokens, this.#blocks.slice(before.length), reading, {
			index: before.length,
			items
		});
		return { tokens, blocks: [...before, ...tail], links: lexer.tokens.links };
	}

	#withNotes(
		blocks: readonly Block[],
		math: MathWork,
		links: Links,
		growing: boolean
	): readonly Block[] {
		const notes = buildNotes(this.#notes, this.#blocks.at(-1), {
			math,
			links,
			citations: this.#citations,
			growing
		});
		return notes === null ? blocks : [...blocks, notes];
	}
}

/** Blocks of a text that is whole. */
export function parseMarkdown(text: string, citations?: Citations): readonly Block[] {
	return new MarkdownStream(citations).update(text, true);
}
