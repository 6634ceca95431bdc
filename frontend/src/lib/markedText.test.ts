import { describe, expect, it } from 'vitest';

import { excerptPieces, markedPieces } from './markedText';

function shown(pieces: { text: string; isMatch: boolean }[]): string {
	return pieces.map(({ text, isMatch }) => (isMatch ? `<${text}>` : text)).join('');
}

describe('a text with what was asked for', () => {
	it('is cut where its matches begin and end', () => {
		expect(
			shown(
				markedPieces('in the blue drawer', [
					[7, 11],
					[12, 18]
				])
			)
		).toBe('in the <blue> <drawer>');
		expect(shown(markedPieces('as it is', []))).toBe('as it is');
	});

	it('survives matches that cannot be', () => {
		expect(
			shown(
				markedPieces('abc', [
					[1, 2],
					[0, 2],
					[2, 99],
					[2, 1]
				])
			)
		).toBe('a<b>c');
	});

	it('begins shortly before the first of them, at a word', () => {
		const text = `${'word '.repeat(40)}drawer at the end`;
		const excerpt = shown(excerptPieces(text, [[200, 206]]));
		expect(excerpt).toMatch(/^…word (word )+<drawer> at the end$/);
		expect(excerpt.length).toBeLessThan(80);
		expect(shown(excerptPieces('in the drawer', [[7, 13]]))).toBe('in the <drawer>');
	});
});
