/** Formulas as HTML: KaTeX is loaded with the first one, and works only so long at a time. */

import type KatexModule from 'katex';

import { sanitizeMath } from './sanitizeMath';

type Katex = typeof KatexModule;

/** What one formula may do: no macro without end, nothing larger than the column, no address. */
const LIMITS = {
	maxExpand: 200,
	maxSize: 12,
	strict: 'ignore',
	trust: false,
	throwOnError: true,
	output: 'htmlAndMathml'
} as const;
const LONGEST_FORMULA = 4_000;
/** Braces within braces; KaTeX needs stack for each. */
const DEEPEST = 40;
const MOST_KEPT = 3_000;
/** Formulas of one update that are not made yet wait for the next one. */
const LONGEST_WORK_MS = 40;
const MOST_IN_ONE_TEXT = 2_000;

let katex: Katex | null = null;
let loading: Promise<void> | null = null;
/** By notation; `null`: no TeX that KaTeX understands. */
const kept = new Map<string, string | null>();

export function loadMath(): Promise<void> {
	loading ??= import('./katex').then(
		(module) => {
			katex = module.default;
		},
		() => {
			// It is tried again with the next text.
			loading = null;
		}
	);
	return loading;
}

export function isMathLoaded(): boolean {
	return katex !== null;
}

/** The formulas of one update of a text. */
export class MathWork {
	/** How many could not be made yet: the text is to be read again. */
	pending = 0;
	#count = 0;
	#spent = 0;

	/** HTML, or `null` where the TeX itself is to be shown. */
	render(tex: string, isDisplay: boolean): string | null {
		this.#count += 1;
		if (this.#count > MOST_IN_ONE_TEXT || tex.length > LONGEST_FORMULA || isTooDeep(tex)) {
			return null;
		}
		const key = `${isDisplay ? '$$' : '$'}${tex}`;
		const known = kept.get(key);
		if (known !== undefined) {
			return known;
		}
		if (katex === null || this.#spent > LONGEST_WORK_MS) {
			this.pending += 1;
			return null;
		}
		const start = performance.now();
		const html = typeset(katex, tex, isDisplay);
		this.#spent += performance.now() - start;
		keep(key, html);
		return html;
	}
}

function typeset(engine: Katex, tex: string, displayMode: boolean): string | null {
	try {
		return sanitizeMath(engine.renderToString(tex, { ...LIMITS, displayMode }));
	} catch (error) {
		// What KaTeX does not understand is shown as it was written.
		if (error instanceof engine.ParseError || error instanceof RangeError) {
			return null;
		}
		throw error;
	}
}

function keep(key: string, html: string | null): void {
	if (kept.size >= MOST_KEPT) {
		const [oldest] = kept.keys();
		kept.delete(oldest ?? '');
	}
	kept.set(key, html);
}

function isTooDeep(tex: string): boolean {
	let depth = 0;
	let deepest = 0;
	for (const sign of tex) {
		if (sign === '{') {
			depth += 1;
			deepest = Math.max(deepest, depth);
		} else if (sign === '}') {
			depth -= 1;
		}
	}
	return deepest > DEEPEST;
}
