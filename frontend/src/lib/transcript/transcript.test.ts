import { describe, expect, it } from 'vitest';

import { countOf, findAll, fold } from './fold';
import { findRanges } from './findRanges';
import { plainText } from './plainText';
import { layRows, nextSpan, rowsBetween } from './rowSpans';

const HEIGHTS = Array.from({ length: 100 }, () => 100);

describe('rows', () => {
	it('are those of which something is seen', () => {
		expect(rowsBetween(HEIGHTS, 250, 420)).toEqual({ start: 2, end: 5 });
		expect(rowsBetween(HEIGHTS, 300, 400)).toEqual({ start: 3, end: 4 });
		expect(rowsBetween(HEIGHTS, -50, 0)).toEqual({ start: 0, end: 1 });
		expect(rowsBetween(HEIGHTS, 99_999, 99_999)).toEqual({ start: 99, end: 100 });
		expect(rowsBetween([], 0, 100)).toEqual({ start: 0, end: 0 });
	});

	it('come all at once where they are seen, one by one where they are near', () => {
		const view = { top: 5_000, height: 500 };
		let span = nextSpan(HEIGHTS, { start: 0, end: 4 }, view, true);
		expect(span).toEqual({ start: 49, end: 56 });
		const drawn: number[] = [];
		for (let next = nextSpan(HEIGHTS, span, view, true); next !== span;) {
			drawn.push(next.end - next.start);
			span = next;
			next = nextSpan(HEIGHTS, span, view, true);
		}
		expect(drawn).toEqual([8, 9, 10, 11, 12, 13, 14, 15]);
		expect(span).toEqual({ start: 45, end: 60 });
	});

	it('go when they are far, unless something in them is being selected', () => {
		const view = { top: 5_000, height: 500 };
		const drawn = { start: 10, end: 60 };
		expect(nextSpan(HEIGHTS, drawn, view, true).start).toBe(35);
		expect(nextSpan(HEIGHTS, drawn, view, false).start).toBe(10);
	});

	it('leave room where they are not drawn', () => {
		expect(layRows([10, 20, 30, 40, 50], { start: 3, end: 4 }, [1])).toEqual({
			rows: [
				{ row: 1, gap: 10 },
				{ row: 3, gap: 30 }
			],
			gap: 50
		});
	});
});

describe('plain text', () => {
	it.each([
		['**bold** and *slanted*, `code`', 'bold and slanted, code'],
		['# Title\n\n- one', 'Title\n\n- one'],
		['see [the page](https://a.b/c "x")', 'see the page'],
		['a_b_c and 2 * 3 * 4', 'a_b_c and 2 * 3 * 4'],
		['```py\nx = "**not bold**"\n```\nafter', 'x = "**not bold**"\nafter'],
		['| a | b |\n|---|---|\n| 1 | 2 |', 'a\tb\n1\t2'],
		['> quoted', 'quoted'],
		['\\*kept\\*', '*kept*']
	])('of %j', (markdown, text) => {
		expect(plainText(markdown)).toBe(text);
	});

	it('takes no longer for signs without end', () => {
		const begin = performance.now();
		for (const sign of ['*', '_', '`', '[', '|', '~', '\\', '> ', '- - ']) {
			plainText(sign.repeat(200_000));
			plainText(`${sign.repeat(9_000)}a ${sign.repeat(9_000)}`);
		}
		expect(performance.now() - begin).toBeLessThan(1_000);
	});
});

describe('finding', () => {
	it('takes capitals and accents for what they are without', () => {
		expect(fold('ÉCOLE Ångström ﬁn').text).toBe('ecole angstrom fin');
		expect(countOf(fold('Cafe, CAFÉ, cafe\u0301').text, 'cafe')).toBe(3);
	});

	it('answers places in the text as it was written', () => {
		const text = 'Ein Café — und cafe\u0301!';
		const places = findAll(fold(text), 'cafe').map(({ start, end }) => text.slice(start, end));
		expect(places).toEqual(['Café', 'cafe\u0301']);
	});

	it('reads over marks within a block, and not from one block into the next', () => {
		const turn = document.createElement('article');
		turn.innerHTML = `<div data-findable><p>one <strong>two</strong> three</p><p>four</p>
			<div class="head">two</div><pre><code>two</code></pre></div><button>two</button>`;
		function texts(query: string): string[] {
			return findRanges(turn, query).map((range) => range.toString());
		}

		expect(texts('one two th')).toEqual(['one two th']);
		expect(texts('three four')).toEqual([]);
		expect(texts('two')).toHaveLength(2);
	});
});
