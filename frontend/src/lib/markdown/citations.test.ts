import { describe, expect, it } from 'vitest';

import { richText } from './rich';
import { MarkdownStream, parseMarkdown } from './stream';

const KNOWN = new Set([1, 2, 12]);

function numbersIn(text: string, citations = KNOWN): string[] {
	const html = parseMarkdown(text, citations)
		.map((block) => JSON.stringify(block))
		.join('');
	return [...html.matchAll(/data-cite=\\"(\d+)\\"/g)].map(([, number]) => number ?? '');
}

describe('numbers of passages in an answer', () => {
	it('become buttons where there is such a passage', () => {
		expect(numbersIn('In the drawer [1], as you said [12][2].')).toEqual(['1', '2']);
		expect(numbersIn('In the drawer [1] and **so [2]**.\n\n- item [12]')).toEqual(['1', '2', '12']);
		expect(numbersIn('| a |\n|---|\n| b [1] |')).toEqual(['1']);
		expect(numbersIn('Your limit [2]:\n\nand as in [1]: so')).toEqual(['2', '1']);
		expect(numbersIn('Nowhere [3], [0], [01] or [a].')).toEqual([]);
		expect(numbersIn('In the drawer [1].', new Set())).toEqual([]);
	});

	it('are left alone in code, formulas, links, footnotes and where they are escaped', () => {
		expect(numbersIn('`x[1]` and\n\n```py\nx[1]\n```\n\n    x[1]')).toEqual([]);
		expect(numbersIn('$x[1]$')).toEqual([]);
		expect(numbersIn('[1](https://example.com) and [see [1]](https://example.com)')).toEqual([]);
		expect(numbersIn('Look [1].\n\n[1]: https://example.com')).toEqual([]);
		expect(numbersIn('Look[^1].\n\n[^1]: a note')).toEqual([]);
		expect(numbersIn('Look \\[1].')).toEqual([]);
	});

	it('come out the same however the text arrives', () => {
		const text = 'So [1] it **is [2]**.\n\nSee [1](https://example.com), `[1]` and [12].';
		const stream = new MarkdownStream(KNOWN);
		for (let end = 1; end < text.length; end += 1) {
			stream.update(text.slice(0, end), false);
		}
		expect(stream.update(text, true)).toEqual(parseMarkdown(text, KNOWN));
		expect(numbersIn(text)).toEqual(['1', '2', '12']);
	});

	it('cannot be made by the text itself', () => {
		const html = JSON.stringify(parseMarkdown('<button data-cite="1">1</button>', KNOWN));
		expect(html).toContain('&lt;button data-cite=');
		expect(html).not.toContain('<p dir=\\"auto\\"><button');
	});

	it('are copied as they were written', () => {
		expect(richText('In the drawer [1].')).toContain('[1]');
	});
});
