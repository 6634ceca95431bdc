// DOMPurify needs a DOM that is true to the standard; happy-dom drops harmless elements.
// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';

import type { Block } from './blocks';
import { MarkdownStream, parseMarkdown } from './stream';
import { wholeWords } from './wholeWords';

const SAMPLE = `# Targets

Aim for **0.4 to 0.8 kPa**. See [the table][t] and <https://example.org/a>.
A line\\
broken by hand.

Setext
------

| Stage | Target |
|:------|-------:|
| Seedlings | 0.4 |
| \`a|b\` | **0.8** |

1. First
   \`\`\`python
   def f(x):
       return x * 2
   \`\`\`
2. Second

   with a paragraph
   - nested
     - deeper
- [x] done
- [ ] open

> quoted
> - list in it
lazy line

\`\`\`\`js
const a = \`\`\`b\`\`\`;
\`\`\`\`

    indented code

    goes on

Text<br>with <kbd>Ctrl</kbd> and <script>alert(1)</script>
***
<div onclick="x()">block</div>

Of $a_1 * b$ and \\(c*d\\), for $5 and $10.[^n]

$$
- x = 1
= 2
$$
where
\\[ y \\]
holds

[^n]: A note
of two lines

    and a paragraph

+ one

+ two
+ three
1. other
2) kind

Last one *unclosed

[t]: https://example.org/t "Title"
`;

/** Blocks without what only serves reuse. */
function shape(value: unknown): unknown {
	return JSON.parse(
		JSON.stringify(value, (key, item: unknown) => (key === 'source' ? undefined : item))
	);
}

function feed(text: string, cuts: readonly number[]): readonly Block[] {
	const stream = new MarkdownStream();
	for (const cut of cuts) {
		stream.update(text.slice(0, cut), false);
	}
	return stream.update(text, true);
}

/** A small generator of our own, so that a failure can be repeated. */
function random(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
		return state / 2_147_483_648;
	};
}

describe('MarkdownStream', () => {
	it('ends as one parse of the whole text does, fed letter by letter', () => {
		const cuts = Array.from({ length: SAMPLE.length }, (_, index) => index);
		expect(shape(feed(SAMPLE, cuts))).toEqual(shape(parseMarkdown(SAMPLE)));
	});

	it.each(Array.from({ length: 60 }, (_, index) => index + 1))(
		'ends as one parse does, however the text is cut (%i)',
		(seed) => {
			const next = random(seed);
			const lines = SAMPLE.split('\n');
			const text = Array.from(
				{ length: 30 },
				() => lines[Math.floor(next() * lines.length)] ?? ''
			).join(next() < 0.5 ? '\n' : '\r\n');
			const cuts = Array.from({ length: 25 }, () => Math.floor(next() * text.length)).sort(
				(a, b) => a - b
			);
			expect(shape(feed(text, cuts))).toEqual(shape(parseMarkdown(text)));
		}
	);

	it('keeps finished blocks as they are', () => {
		const stream = new MarkdownStream();
		const before = stream.update('One.\n\nTwo.\n\n- a\n- b\n\nThree', false);
		const after = stream.update('One.\n\nTwo.\n\n- a\n- b\n\nThree and more', false);
		expect(after[0]).toBe(before[0]);
		expect(after[1]).toBe(before[1]);
		expect(after[2]).toBe(before[2]);
		expect(after[3]).not.toBe(before[3]);
	});

	it('keeps finished items of a list that grows', () => {
		const stream = new MarkdownStream();
		const [before] = stream.update('- one\n- two\n- thr', false);
		const [after] = stream.update('- one\n- two\n- three', false);
		if (before?.type !== 'list' || after?.type !== 'list') {
			throw new Error('no list');
		}
		expect(after.items[0]).toBe(before.items[0]);
		expect(after.items[1]).toBe(before.items[1]);
		expect(after.items[2]).not.toBe(before.items[2]);
	});

	it('reads of a list only its end again', () => {
		const stream = new MarkdownStream();
		let text = '';
		let before: readonly Block[] = [];
		for (let index = 1; index <= 200; index += 1) {
			text += `${index}. item **${index}**\n`;
			const blocks = stream.update(text, false);
			const [list] = blocks;
			const [last] = before;
			if (list?.type === 'list' && last?.type === 'list') {
				expect(list.items.slice(0, -2)).toEqual(last.items.slice(0, index - 2));
				expect(list.items[index - 3]).toBe(last.items[index - 3]);
			}
			before = blocks;
		}
		expect(shape(stream.update(text, true))).toEqual(shape(parseMarkdown(text)));
	});

	it('says of a fence whether it is closed', () => {
		const stream = new MarkdownStream();
		expect(stream.update('```py\na = 1\n``', false)).toMatchObject([
			{ type: 'code', closed: false }
		]);
		expect(stream.update('```py\na = 1\n```', false)).toMatchObject([
			{ type: 'code', closed: true, language: 'py', code: 'a = 1' }
		]);
	});

	it('takes an unclosed fence as closed when the text is whole', () => {
		expect(parseMarkdown('```\nx')).toMatchObject([{ type: 'code', closed: true, code: 'x' }]);
	});

	it('shows a growing table plain, and as a table once a blank line closes it', () => {
		const stream = new MarkdownStream();
		const table = '| a | b |\n|---|---|\n| 1 | 2 |\n';
		expect(stream.update(table, false)).toMatchObject([{ type: 'plain', form: 'table' }]);
		expect(stream.update(`${table}\n`, false)).toMatchObject([{ type: 'table' }]);
	});

	it('starts anew when the text is another one', () => {
		const stream = new MarkdownStream();
		stream.update('One.\n\nTwo.\n\nThree.', false);
		expect(stream.update('Else.', true)).toMatchObject([{ html: '<p dir="auto">Else.</p>\n' }]);
	});

	it('resolves references that are defined at the end, once the text is whole', () => {
		const [block] = feed('See [it][x].\n\nMore.\n\n[x]: https://a.example', [5, 20, 30]);
		expect(block).toMatchObject({ html: expect.stringContaining('href="https://a.example/"') });
	});
});

describe('footnotes', () => {
	const TEXT = 'One[^b] and two[^a], three[^none].\n\n[^a]: First\n[^b]: Second\n\n    more\n';

	it('are counted as they are spoken of, and stand below the text', () => {
		const blocks = parseMarkdown(`${TEXT}\nEnd.`);
		expect(blocks.map(({ type }) => type)).toEqual(['html', 'html', 'notes']);
		expect(blocks[0]).toMatchObject({
			html: expect.stringMatching(/data-note="1".*data-note="2".*three\[\^none\]/)
		});
		expect(blocks[2]).toMatchObject({
			notes: [
				{ number: 1, children: [{ html: expect.stringContaining('Second') }, {}] },
				{ number: 2, children: [{ html: expect.stringContaining('First') }] }
			]
		});
	});

	it('have their numbers before what they say has come', () => {
		const stream = new MarkdownStream();
		expect(stream.update('One[^b] and', false)).toMatchObject([
			{ html: expect.stringContaining('data-note="1"') }
		]);
		const grown = stream.update(TEXT, false);
		const [before] = grown;
		expect(grown.at(-1)?.type).toBe('notes');
		expect(stream.update(TEXT, true)[0]).not.toBe(before);
		expect(shape(stream.update(TEXT, true))).toEqual(shape(parseMarkdown(TEXT)));
	});

	it('may speak of each other and of what is not there', () => {
		expect(parseMarkdown('a[^1]\n\n[^1]: [^2]: x\n[^3]: see[^1]')).toMatchObject([
			{},
			{ notes: [{ number: 1 }, { number: 2 }, { number: 3 }] }
		]);
	});
});

describe('what is no text', () => {
	it('of a terminal’s codes nothing is seen', () => {
		expect(parseMarkdown('\u001b[31mred\u001b[0m \u001b]0;title\u0007and\u001b[')).toMatchObject([
			{ html: '<p dir="auto">red and</p>\n' }
		]);
	});

	it('what turns the text around is named, in prose, in code and as an entity', () => {
		expect(parseMarkdown('a\u202eb &#x202e;c\n\n```\n\u202e x\n```')).toMatchObject([
			{ html: '<p dir="auto">a⟦RLO⟧b ⟦RLO⟧c</p>\n' },
			{ code: '⟦RLO⟧ x' }
		]);
	});

	it('letters that join by what is between them stay together', () => {
		expect(parseMarkdown('👩\u200d🌾 می\u200cخواهم')).toMatchObject([
			{ html: '<p dir="auto">👩\u200d🌾 می\u200cخواهم</p>\n' }
		]);
	});

	it('marks are piled only so high', () => {
		const [block] = parseMarkdown(`Z${'\u0301'.repeat(500)}`);
		expect(block).toMatchObject({ html: `<p dir="auto">Z${'\u0301'.repeat(8)}</p>\n` });
	});

	it('our own marks cannot be forged', () => {
		expect(parseMarkdown('$x$ \ufdd00\ufdd1 &#xfdd0;0&#xfdd1;')).toMatchObject([
			{ html: '<p dir="auto">$x$ 0 </p>\n' }
		]);
	});
});

describe('wholeWords', () => {
	it('holds back the word that is being written', () => {
		expect(wholeWords('Aim for the clo')).toBe('Aim for the');
		expect(wholeWords('Aim for\n\n')).toBe('Aim for\n\n');
		expect(wholeWords('Aim')).toBe('Aim');
	});

	it('shows what has no spaces', () => {
		const long = 'x'.repeat(60);
		expect(wholeWords(long)).toBe(long);
		expect(wholeWords('日本語の文')).toBe('日本語の文');
	});
});
