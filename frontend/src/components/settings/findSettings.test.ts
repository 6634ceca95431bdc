import { describe, expect, it } from 'vitest';

import { findSettings } from './findSettings';
import { SECTIONS } from './sections';

function titlesOf(filter: string): string[] {
	return findSettings(SECTIONS, filter).flatMap(({ settings }) =>
		settings.map(({ title }) => title)
	);
}

describe('the search of the settings', () => {
	it('finds by the beginnings of words in any order', () => {
		expect(titlesOf('siz te')).toEqual(['Text size']);
	});

	it('finds by the hint and by the section', () => {
		expect(titlesOf('halo')).toEqual(['Glow']);
		expect(titlesOf('appearance glow')).toEqual(['Glow']);
	});

	it('finds nothing for what no setting is called', () => {
		expect(titlesOf('no such thing')).toEqual([]);
	});

	it('knows every setting once', () => {
		const ids = SECTIONS.flatMap(({ settings }) => settings.map(({ id }) => id));
		expect(new Set(ids).size).toBe(ids.length);
	});
});
