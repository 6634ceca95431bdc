/** Text to tokens, in bounded time, and the inline part only where it is asked for. */

import { Hooks, Lexer, Tokenizer, type Token, type Tokens, type TokensList } from 'marked';

import { type Citations, findCitation, readCitation } from './citations';
import {
	findMath,
	MATH_LINE,
	maskMath,
	opensMath,
	readInlineMath,
	readMathBlock
} from './mathText';
import { NOTE_LINE, readNote, type Notes } from './notes';

/**
 * Beyond this a paragraph is no prose: its inline marks are left as they are. marked needs time
 * cubic in the number of nested emphasis marks (1.5 s for 12,000 of them in 16 KB).
 */
const LONGEST_INLINE = 20_000;
const MOST_EMPHASIS_MARKS = 1_000;
/** Nobody's prose is nested deeper; each level costs stack and time. */
const DEEPEST = 24;

const BLANK_LINE = /^[ \t]*(?:\n|$)/;

export type Links = TokensList['links'];

export function isTooMuch(source: string): boolean {
	if (source.length > LONGEST_INLINE) {
		return true;
	}
	let marks = 0;
	for (let index = 0; index < source.length; index += 1) {
		const character = source[index];
		if (character === '*' || character === '_' || character === '~') {
			marks += 1;
		}
	}
	return marks > MOST_EMPHASIS_MARKS;
}

/**
 * Where a formula or a note begins below the first line of a paragraph; -1: nowhere. Looks no
 * further than the paragraph goes: it is asked for each of them.
 */
function interruption(source: string, isGrowing: boolean): number {
	let index = source.indexOf('\n') + 1;
	while (index > 0 && index < source.length) {
		const line = source.slice(index, index + 100);
		if (BLANK_LINE.test(line)) {
			return -1;
		}
		if (
			NOTE_LINE.test(line) ||
			(MATH_LINE.test(line) && readMathBlock(source.slice(index), isGrowing) !== undefined)
		) {
			return index;
		}
		index = source.indexOf('\n', index) + 1;
	}
	return -1;
}

/** Where a formula, the name of a note or the number of a passage may begin. */
function findInline(source: string): number {
	const places = [source.indexOf('[^'), findCitation(source), findMath(source)];
	const found = places.filter((place) => place !== -1);
	return found.length === 0 ? -1 : Math.min(...found);
}

class PageTokenizer extends Tokenizer {
	readonly #isAtEnd: () => boolean;

	constructor(isAtEnd: () => boolean) {
		super();
		this.#isAtEnd = isAtEnd;
	}

	/** A heading by its underline goes no further than a paragraph does. */
	override lheading(source: string): Tokens.Heading | undefined {
		const end = interruption(source, this.#isAtEnd());
		return super.lheading(end === -1 ? source : source.slice(0, end));
	}
}

class MathHooks extends Hooks {
	override emStrongMask(source: string): string {
		return maskMath(source);
	}
}

/** How a text is read. */
export interface LexerOptions {
	readonly links: Links;
	readonly notes: Notes;
	readonly citations: Citations;
	/** The end may still grow. */
	readonly isGrowing: boolean;
}

/** Splits into blocks at once; marks within a block are read when it is about to be rendered. */
export class LazyLexer extends Lexer {
	readonly #waiting = new Map<Token[], string>();
	readonly notes: Notes;
	readonly citations: Citations;
	readonly isGrowing: boolean;
	#depth = 0;

	constructor({ links, notes, citations, isGrowing }: LexerOptions) {
		super({
			gfm: true,
			tokenizer: new PageTokenizer(() => this.#isAtEnd),
			hooks: new MathHooks(),
			extensions: {
				renderers: {},
				childTokens: {},
				block: [
					(source) => readMathBlock(source, this.#isAtEnd),
					(source) => this.#readNote(source)
				],
				inline: [(source, tokens) => this.#readInline(source, tokens)],
				startBlock: [(source) => interruption(source, this.#isAtEnd)],
				startInline: [findInline]
			}
		});
		this.notes = notes;
		this.citations = citations;
		this.isGrowing = isGrowing;
		Object.assign(this.tokens.links, links);
	}

	/** What is read may be cut off; the end of an item or a quote is known to be one. */
	get #isAtEnd(): boolean {
		return this.isGrowing && this.#depth === 1;
	}

	/** @throws RangeError when the nesting is deeper than the stack. */
	readBlocks(source: string): Token[] {
		const tokens = this.blockTokens(source, this.tokens);
		for (const { src, tokens: target } of this.inlineQueue) {
			this.#waiting.set(target, src);
		}
		this.inlineQueue = [];
		return tokens;
	}

	override blockTokens(source: string, tokens?: Token[], clipped?: boolean): Token[];
	override blockTokens(source: string, tokens?: TokensList, clipped?: boolean): TokensList;
	override blockTokens(source: string, tokens: Token[] = [], clipped?: boolean): Token[] {
		if (this.#depth === DEEPEST) {
			tokens.push({ type: 'text', raw: source, text: source, tokens: this.inline(source) });
			return tokens;
		}
		this.#depth += 1;
		try {
			return super.blockTokens(source, tokens, clipped);
		} finally {
			this.#depth -= 1;
		}
	}

	/** Fills in the inline tokens below a block. */
	readInline(token: Token): Token {
		if (token.type === 'table') {
			const { header, rows } = token as Tokens.Table;
			for (const cell of [...header, ...rows.flat()]) {
				this.#fill(cell.tokens);
			}
		} else {
			this.#fill((token as Tokens.Generic).tokens);
		}
		return token;
	}

	#readNote(source: string): Tokens.Generic | undefined {
		const note = readNote(source);
		if (note !== undefined) {
			this.notes.define(note.name, note.text, this.isGrowing);
		}
		return note;
	}

	#readInline(source: string, tokens: readonly Token[]): Tokens.Generic | undefined {
		if (source.startsWith('[^')) {
			return this.notes.readReference(source, this.isGrowing);
		}
		if (source.startsWith('[') || source.startsWith(' [')) {
			return this.state.inLink
				? undefined
				: readCitation(source, this.citations, (name) => name in this.tokens.links);
		}
		const before = tokens.at(-1)?.raw.at(-1) ?? '';
		return (source.startsWith('$') || source.startsWith('\\')) &&
			opensMath(before + source, before.length)
			? readInlineMath(source)
			: undefined;
	}

	#fill(tokens: Token[] | undefined): void {
		if (tokens === undefined) {
			return;
		}
		const source = this.#waiting.get(tokens);
		if (source === undefined) {
			return;
		}
		this.#waiting.delete(tokens);
		if (isTooMuch(source)) {
			tokens.push({ type: 'text', raw: source, text: source, escaped: false });
		} else {
			this.inlineTokens(source, tokens);
		}
	}
}
