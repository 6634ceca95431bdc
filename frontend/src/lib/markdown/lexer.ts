/** Text to tokens, in bounded time, and the inline part only where it is asked for. */

import { Lexer, type Token, type Tokens, type TokensList } from 'marked';

/**
 * Beyond this a paragraph is no prose: its inline marks are left as they are. marked needs time
 * cubic in the number of nested emphasis marks (1.5 s for 12,000 of them in 16 KB).
 */
const LONGEST_INLINE = 20_000;
const MOST_EMPHASIS_MARKS = 1_000;

export type Links = TokensList['links'];

function isTooMuch(source: string): boolean {
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

/** Splits into blocks at once; marks within a block are read when it is about to be rendered. */
export class LazyLexer extends Lexer {
	readonly #waiting = new Map<Token[], string>();

	constructor(links: Links) {
		super({ gfm: true });
		Object.assign(this.tokens.links, links);
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
