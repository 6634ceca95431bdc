// DOMPurify needs a DOM that is true to the standard; happy-dom drops harmless elements.
// @vitest-environment jsdom
import { beforeAll, describe, expect, it } from 'vitest';

import hostile from '../../testing/hostile.json';
import { htmlOf } from '../../testing/htmlOf';
import { highlight } from './highlight';
import { loadMath } from './math';
import { sanitizeCode, sanitizeProse } from './sanitize';
import { MarkdownStream, parseMarkdown } from './stream';

function dom(markdown: string): HTMLElement {
	const element = document.createElement('div');
	element.innerHTML = htmlOf(parseMarkdown(markdown));
	return element;
}

const HOSTILE = Object.values(hostile).flat();

const INERT_TAGS = new Set(
	'A B BLOCKQUOTE BR CODE DEL EM H1 H2 H3 H4 H5 H6 HR I INS KBD LI MARK OL P PRE Q S SAMP SMALL STRONG SUB SUP TABLE TBODY TD TH THEAD TR U UL VAR'.split(
		' '
	)
);
const INERT_ATTRIBUTES = new Set(['align', 'dir', 'href', 'rel', 'start', 'target', 'title']);

/** What is ours in an answer, besides what Markdown makes: formulas and the numbers of footnotes. */
const OURS = '.katex, .katex *, .katex-display, button.note';

describe('hostile text', () => {
	beforeAll(loadMath);

	it.each(HOSTILE)('is inert: %s', (markdown) => {
		const page = dom(markdown);
		expect(
			page.querySelector('[onclick], [onerror], [onload], [id], script, img, iframe')
		).toBeNull();
		for (const element of page.querySelectorAll(`*:not(${OURS})`)) {
			expect(INERT_TAGS).toContain(element.tagName);
			for (const attribute of element.attributes) {
				expect(INERT_ATTRIBUTES).toContain(attribute.name);
			}
			const href = element.getAttribute('href');
			expect(href === null || /^(?:https?|mailto):/.test(href)).toBe(true);
		}
	});

	it.each(HOSTILE)('is inert when the sanitiser meets it raw: %s', (markdown) => {
		const element = document.createElement('div');
		element.innerHTML = sanitizeProse(markdown);
		for (const child of element.querySelectorAll('*')) {
			expect(INERT_TAGS).toContain(child.tagName);
			for (const attribute of child.attributes) {
				// This one can only be emptied.
				if (attribute.name === 'is' && attribute.value === '') {
					continue;
				}
				expect(INERT_ATTRIBUTES).toContain(attribute.name);
			}
		}
	});

	it('shows a tag that we do not draw as the text it is', () => {
		expect(dom('a <script>b</script>').textContent).toContain('<script>b</script>');
		expect(dom('<think>\nhm').textContent).toContain('<think>');
	});

	it('puts the words of a picture in its place, and fetches nothing', () => {
		const link = dom('![a chart](https://example.org/c.png)').querySelector('a');
		expect(link?.textContent).toBe('a chart');
		expect(link?.getAttribute('href')).toBe('https://example.org/c.png');
		expect(dom('![a chart](https://example.org/c.png)').querySelector('img')).toBeNull();
	});

	it('shows where a link leads, its host as it is spelt on the wire', () => {
		const link = dom('[bank](https://exаmple.org/)').querySelector('a');
		expect(link?.getAttribute('title')).toBe('https://xn--exmple-4nf.org/');
		expect(link?.getAttribute('rel')).toBe('noreferrer noopener');
	});

	it('lets only the colourer’s own classes through', async () => {
		expect(sanitizeCode('<span class="hljs-keyword">a</span>')).toContain('hljs-keyword');
		expect(sanitizeCode('<span class="dialog">a</span>')).not.toContain('class');
		expect(sanitizeCode('<img src=x onerror=a()><b>x</b>')).toBe('x');
		const html = await highlight('</span><img src=x onerror=alert(1)>', 'html');
		expect(html).not.toBeNull();
		const element = document.createElement('div');
		element.innerHTML = html ?? '';
		expect(element.querySelector('img')).toBeNull();
		expect(element.textContent).toBe('</span><img src=x onerror=alert(1)>');
	});
});

/** Generous: the point is seconds against minutes, on a busy machine and in a DOM of JavaScript. */
const BOUND_MS = 20_000;

describe('text without measure', () => {
	it.each([
		['one line of 1 MB', 'word '.repeat(200_000)],
		['one word of 1 MB', 'x'.repeat(1_000_000)],
		['5,000 list items', '- an item with **bold** text\n'.repeat(5_000)],
		['nested quotes', '>'.repeat(20_000)],
		['nested lists', '- '.repeat(2_000)],
		[
			'stairs of lists',
			Array.from({ length: 200 }, (_, i) => `${' '.repeat(2 * i)}- a`).join('\n')
		],
		['open brackets', '['.repeat(200_000)],
		['open links', '[a]('.repeat(50_000)],
		['emphasis', '*_'.repeat(100_000)],
		['many paragraphs of emphasis', `${'*_*a'.repeat(240)}\n\n`.repeat(100)],
		['backticks', '`a'.repeat(100_000)],
		['open tags', '<a '.repeat(60_000)],
		['open comment', '<!--'.repeat(50_000)],
		['definitions', Array.from({ length: 5_000 }, (_, i) => `[a${i}]: http://x\n`).join('')],
		['a fence of 1 MB', `\`\`\`js\n${'let a = 1;\n'.repeat(90_000)}`]
	])(
		'%s is read in bounded time',
		(_, text) => {
			const start = performance.now();
			const stream = new MarkdownStream();
			stream.update(text.slice(0, text.length / 2), false);
			stream.update(text, true);
			expect(performance.now() - start).toBeLessThan(BOUND_MS);
		},
		2 * BOUND_MS
	);
});
