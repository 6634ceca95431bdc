import { expect, test } from 'vitest';

import { rowTop, visibleRows } from './listWindow';

const MEASURES = { row: 30, heading: 33, firstHeading: 25 };

test('only rows near the view are drawn', () => {
	const view = { top: 3_000, height: 300 };
	expect(visibleRows([200], view, MEASURES)).toEqual([{ start: 89, end: 120 }]);
});

test('groups above and below the view are only room', () => {
	const view = { top: 25 + 50 * 30, height: 300 };
	const ranges = visibleRows([10, 100, 10], view, MEASURES);
	expect(ranges[0]).toEqual({ start: 10, end: 10 });
	expect(ranges[1]).toEqual({ start: 28, end: 59 });
	expect(ranges[2]).toEqual({ start: 0, end: 0 });
});

test('a short list is drawn whole', () => {
	expect(visibleRows([2, 3], { top: 0, height: 600 }, MEASURES)).toEqual([
		{ start: 0, end: 2 },
		{ start: 0, end: 3 }
	]);
});

test('every drawn row lies where its place says', () => {
	expect(rowTop([2, 3], 0, 0, MEASURES)).toBe(25);
	expect(rowTop([2, 3], 1, 0, MEASURES)).toBe(25 + 60 + 33);
	expect(rowTop([2, 3], 1, 2, MEASURES)).toBe(25 + 60 + 33 + 60);
});
