/**
 * What a text may carry that is no text: terminal codes, control characters, marks that turn the
 * reading direction around. Nothing here spans a line, so lines can be cleaned one by one.
 */

/** An escape sequence of a terminal, also one that is cut off at the end. */
const ANSI =
	// eslint-disable-next-line no-control-regex -- these are what is looked for
	/(?:\u001b\[|\u009b)[0-?]{0,64}[ -/]{0,8}(?:[@-~]|$)|\u001b\][^\u0007\u001b\n]{0,1000}(?:\u0007|\u001b\\)|\u001b[ -/]{0,8}(?:[0-Z\\^-~]|$)/g;
/** Controls that no text needs, and the two signs that stand for inserts while HTML is made. */
// eslint-disable-next-line no-control-regex -- these are what is looked for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufdd0\ufdd1]/g;
const ANY_CONTROL =
	// eslint-disable-next-line no-control-regex -- these are what is looked for
	/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a\u202b\u202d\u202e\ufdd0\ufdd1]/;
/** More marks than any script piles on one letter would paint over the lines around. */
const PILE = /(\p{M}{8})\p{M}+/gu;
const MARK = /\p{M}{9}/u;

/** Signs that show text in another order than it is in; code can hide its meaning by them. */
const OVERRIDES = /[\u202a\u202b\u202d\u202e]/g;
const OVERRIDE_NAMES: Record<string, string> = {
	'\u202a': 'LRE',
	'\u202b': 'RLE',
	'\u202d': 'LRO',
	'\u202e': 'RLO'
};

/** Writes what turns the text around as the name that it has in Unicode. */
export function showOverrides(text: string): string {
	return text.replace(OVERRIDES, (sign) => `⟦${OVERRIDE_NAMES[sign] ?? ''}⟧`);
}

export function cleanText(text: string): string {
	let clean = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
	if (ANY_CONTROL.test(clean)) {
		clean = showOverrides(clean.replace(ANSI, '').replace(CONTROL, ''));
	}
	return MARK.test(clean) ? clean.replace(PILE, '$1') : clean;
}

/** Cleans a text that grows; what ends with a line is cleaned once. */
export class GrowingText {
	#raw = '';
	#clean = '';

	update(text: string): string {
		if (!text.startsWith(this.#raw)) {
			this.#raw = '';
			this.#clean = '';
		}
		const end = text.lastIndexOf('\n') + 1;
		if (end > this.#raw.length) {
			this.#clean += cleanText(text.slice(this.#raw.length, end));
			this.#raw = text.slice(0, end);
		}
		return this.#clean + cleanText(text.slice(this.#raw.length));
	}
}
