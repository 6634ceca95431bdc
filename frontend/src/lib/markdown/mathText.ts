/** Where in a text formulas stand: `$…$`, `$$…$$`, `\(…\)`, `\[…\]`; prices are none. */

import type { Tokens } from 'marked';

export interface MathToken extends Tokens.Generic {
	type: 'math' | 'mathBlock';
	/** TeX, without its signs. */
	text: string;
	isDisplay: boolean;
	/** Its closing sign has not come yet. */
	isOpen: boolean;
}

const LONGEST_FORMULA = 4_000;
const LONGEST_BLOCK = 10_000;

/** Begins a formula that stands by itself. */
export const MATH_LINE = /^ {0,3}(?:\$\$|\\\[)/;
/** Up to its closing sign at the end of a line; TeX allows no blank line in it. */
const BLOCK_FORMULAS: readonly RegExp[] = [
	/^ {0,3}\$\$((?:(?!\$\$|\n[ \t]*\n)[^])+)\$\$[ \t]*(?:\n|$)/,
	/^ {0,3}\\\[((?:(?!\\\]|(?<!\\)\\\[|\n[ \t]*\n)[^])+)\\\][ \t]*[.,;]?[ \t]*(?:\n|$)/
];
const OPEN_BLOCKS: readonly RegExp[] = [
	/^ {0,3}\$\$((?:(?!\$\$|\n[ \t]*\n)[^])*)\$?$/,
	/^ {0,3}\\\[((?:(?!\\\]|(?<!\\)\\\[|\n[ \t]*\n)[^])*)$/
];
const INLINE_FORMULAS: readonly (readonly [pattern: RegExp, isDisplay: boolean])[] = [
	[/^\$\$((?:(?!\$\$|\n[ \t]*\n)[^])+)\$\$/, true],
	[/^\\\[((?:(?!\\\]|(?<!\\)\\\[|\n[ \t]*\n)[^])+)\\\]/, true],
	[/^\\\(((?:(?!\\\)|(?<!\\)\\\(|\n[ \t]*\n)[^])+)\\\)/, false]
];
const MATH_SIGN = /[$]|\\[([]/;
/** No blank inside its signs, no digit behind: “$5 and $10” and “$100–$200” are none. */
const DOLLARS = /^\$(?![\s$])((?:\\[^\n]|[^\\$`\n])+)(?<!\s)\$(?![\d$])/;
/** A sum of money and words: “$5, or 10$”. */
const PRICE = /^\d[\d.,]*(?:\s?[kKmMbB]\b|\s?(?:bn|mn|million|billion)\b)?(?:$|[\s,;:!?/)–—-])/;
const SIGN_OF_MATH = /[\\^_={}<>+*|]|^-?[\d.,]+$/;
const WORDS = /[A-Za-z]{3,}\s+[A-Za-z]{2,}|[,;:]\s/;

function isFormula(tex: string, next = ''): boolean {
	// “$n$th” is one, “$HOME/$USER” is not.
	if (/[A-Za-z]/.test(next) && tex.length > 2 && !SIGN_OF_MATH.test(tex)) {
		return false;
	}
	if (PRICE.test(tex) && !/^\d+$/.test(tex) && !/[\\^_={}]/.test(tex)) {
		return false;
	}
	return SIGN_OF_MATH.test(tex) || !WORDS.test(tex);
}

/** A formula that begins where `source` begins. */
export function readInlineMath(source: string): MathToken | undefined {
	const near = source.slice(0, LONGEST_FORMULA);
	for (const [pattern, isDisplay] of INLINE_FORMULAS) {
		const match = pattern.exec(near);
		if (match?.[1]?.trim()) {
			return { type: 'math', raw: match[0], text: match[1].trim(), isDisplay, isOpen: false };
		}
	}
	const match = DOLLARS.exec(near);
	if (match?.[1] !== undefined && isFormula(match[1], near[match[0].length])) {
		return { type: 'math', raw: match[0], text: match[1], isDisplay: false, isOpen: false };
	}
	return undefined;
}

/** `isGrowing`: a formula may be cut off by the end of what is there. */
export function readMathBlock(source: string, isGrowing: boolean): MathToken | undefined {
	if (!MATH_LINE.test(source)) {
		return undefined;
	}
	const near = source.slice(0, LONGEST_BLOCK);
	for (const pattern of BLOCK_FORMULAS) {
		const match = pattern.exec(near);
		if (match?.[1]?.trim()) {
			const text = match[1].trim();
			return { type: 'mathBlock', raw: match[0], text, isDisplay: true, isOpen: false };
		}
	}
	if (isGrowing && near.length === source.length) {
		const match = OPEN_BLOCKS.map((pattern) => pattern.exec(near)).find((found) => found !== null);
		if (match) {
			const text = match[1]?.trim() ?? '';
			return { type: 'mathBlock', raw: match[0], text, isDisplay: true, isOpen: true };
		}
	}
	return undefined;
}

/** Where the next formula could begin; -1: nowhere. */
export function findMath(source: string): number {
	return source.search(MATH_SIGN);
}

/** The same length without what could be taken for emphasis. */
export function maskMath(source: string): string {
	let result = '';
	let index = 0;
	for (;;) {
		const next = findMath(source.slice(index));
		if (next === -1) {
			return result + source.slice(index);
		}
		const start = index + next;
		const formula = opensMath(source, start) ? readInlineMath(source.slice(start)) : undefined;
		const end = start + (formula?.raw.length ?? 1);
		result += source.slice(index, start);
		result += formula ? 'a'.repeat(formula.raw.length) : source.slice(start, end);
		index = end;
	}
}

/** “US$ 3” and “x$y” open nothing. */
export function opensMath(source: string, index: number): boolean {
	return source[index] !== '$' || !/[\p{L}\p{N}$\\]/u.test(source[index - 1] ?? '');
}
