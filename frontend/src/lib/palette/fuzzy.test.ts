import { describe, expect, it } from 'vitest';

import { fit, fold, wordsOf } from './fuzzy';

function best(query: string, titles: readonly string[]): string[] {
	const words = wordsOf(query);
	return titles
		.flatMap((title) => {
			const found = fit(words, fold(title));
			return found === null ? [] : [{ title, score: found.score }];
		})
		.sort((a, b) => b.score - a.score)
		.map(({ title }) => title);
}

describe('what fits', () => {
	it('finds beginnings of words before what is inside of them', () => {
		expect(best('load', ['Unload the model', 'Load Gemma'])).toEqual([
			'Load Gemma',
			'Unload the model'
		]);
	});

	it('takes words in any order, each has to be there', () => {
		expect(best('size text', ['Text size', 'Text', 'Size'])).toEqual(['Text size']);
	});

	it.each([
		['seting', 'Settings'],
		['settigns', 'Settings'],
		['shortcits', 'Shortcuts'],
		['nc', 'New chat'],
		['uber', 'Über Gärten'],
		['прив', 'Привет, мир'],
		['天気', '今日の天気']
	])('finds by %s: %s', (query, title) => {
		expect(best(query, [title])).toEqual([title]);
	});

	it('does not find what only shares its letters', () => {
		expect(best('rain', ['The terrain map', 'Nitro arrangement'])).toEqual(['The terrain map']);
		expect(best('zebra', ['Cobra habitats'])).toEqual([]);
	});

	it('says where it fits, in the signs of the title', () => {
		expect(fit(wordsOf('gär ub'), fold('Über Gärten'))?.ranges).toEqual([
			[0, 2],
			[5, 8]
		]);
	});

	it('stays usable over a broken pair and a long text', () => {
		expect(fit(wordsOf('x'), fold('\ud83d x'))).not.toBeNull();
		expect(fit(wordsOf('end'), fold(`${'word '.repeat(2000)}end`))).not.toBeNull();
	});
});
