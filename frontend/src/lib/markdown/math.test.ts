// DOMPurify needs a DOM that is true to the standard; happy-dom drops harmless elements.
// @vitest-environment jsdom
import { beforeAll, describe, expect, it } from 'vitest';

import { htmlOf } from '../../testing/htmlOf';
import { isMathLoaded, loadMath, MathWork } from './math';
import { MarkdownPainter } from './painter.svelte';
import { sanitizeMath } from './sanitizeMath';
import { MarkdownStream } from './stream';

const MOST_ROUNDS = 100;

/** Read until all formulas are made, however little this machine does in one round. */
function dom(markdown: string): HTMLElement {
	const stream = new MarkdownStream();
	let blocks = stream.update(markdown, true);
	for (let round = 0; stream.isPending && round < MOST_ROUNDS; round += 1) {
		blocks = stream.readAgain();
	}
	const element = document.createElement('div');
	element.innerHTML = htmlOf(blocks);
	return element;
}

/** The TeX of all formulas, as a reader of the page is told it. */
function formulas(markdown: string): string[] {
	const all = dom(markdown).querySelectorAll('annotation');
	return [...all].map((annotation) => annotation.textContent);
}

it('shows TeX until KaTeX is there, then the formula', async () => {
	expect(isMathLoaded()).toBe(false);
	const painter = new MarkdownPainter('Let $x^2$ be.\n\n- $y_1$\n\nEnd.', true);
	expect(painter.blocks[0]).toMatchObject({ html: expect.stringContaining('$x^2$') });
	const last = painter.blocks[2];
	await expect.poll(() => JSON.stringify(painter.blocks[0])).toContain('katex');
	await expect.poll(() => JSON.stringify(painter.blocks[1])).toContain('katex');
	expect(painter.blocks[2]).toBe(last);
});

describe('with KaTeX', () => {
	beforeAll(loadMath);

	it.each([
		['Euler: $e^{i\\pi} + 1 = 0$.', ['e^{i\\pi} + 1 = 0']],
		['\\(a+b\\) and \\[c\\]', ['a+b', 'c']],
		['$$\nx = 1\n$$', ['x = 1']],
		['where\n$$x = 1$$\nholds', ['x = 1']],
		['where\n\\[\nx = 1\n\\]\nholds', ['x = 1']],
		['so $$x$$ inline', ['x']],
		['the $n$th of $x$, $y$ and ($z$)', ['n', 'x', 'y', 'z']],
		['$a_1 * b$ and $c*d$ *too*', ['a_1 * b', 'c*d']],
		['$2 + 2 = 4$ and $3$', ['2 + 2 = 4', '3']],
		['- item $x$\n\n  $$y$$', ['x', 'y']],
		['> $$\n> x\n> $$', ['x']],
		['| a |\n|---|\n| $x|y$ |\n', []],
		['| a |\n|---|\n| $x$ |\n', ['x']],
		['# Of $x$', ['x']],
		['$\\text{5 \\$}$', ['\\text{5 \\$}']]
	])('finds the formulas of %s', (markdown, expected) => {
		expect(formulas(markdown)).toEqual(expected);
	});

	it.each([
		'It costs $5 and $10.',
		'US$ 3 or A$4',
		'Between $100–$200, or $5-$10',
		'$5, or 10$ in all',
		'($5.50) and ($6.50)',
		'($5) and 6$',
		'from $1,000 to 2,000$',
		'$HOME/$USER and $PATH:$HOME',
		'pay $ 5 $ now',
		'`$x$` and `\\(x\\)`',
		'```\n$$x$$\n```',
		'    $$x$$',
		'\\$x\\$',
		'$$\n\nx\n\n$$',
		'$x\n\ny$'
	])('takes no price for a formula: %s', (markdown) => {
		expect(formulas(markdown)).toEqual([]);
	});

	it('leaves a price as it was written', () => {
		expect(dom('It costs $5 and $10.').textContent).toBe('It costs $5 and $10.\n');
		expect(dom('Between $100–$200.').textContent).toBe('Between $100–$200.\n');
	});

	it('shows TeX that is none as it was written', () => {
		expect(dom('$\\frac{1}{$ and').textContent).toBe('$\\frac{1}{$ and\n');
		expect(dom('$$\\nosuchthing{x}$$').querySelector('.katex')).toBeNull();
	});

	it('says a formula to readers as MathML', () => {
		const math = dom('$\\frac{a}{b}$').querySelector('math');
		expect(math?.namespaceURI).toBe('http://www.w3.org/1998/Math/MathML');
		expect(math?.querySelector('mfrac')?.textContent).toBe('ab');
		expect(dom('$x$').querySelector('.katex-html')?.getAttribute('aria-hidden')).toBe('true');
	});

	it('keeps a block that is not closed plain, and makes it a formula when it closes', () => {
		const stream = new MarkdownStream();
		expect(stream.update('So:\n\n$$\nx = \\frac{1', false)).toMatchObject([
			{ type: 'html' },
			{ type: 'plain', form: 'math' }
		]);
		expect(stream.update('So:\n\n$$\nx = \\frac{1}{2}\n$$\n', false)).toMatchObject([
			{ type: 'html' },
			{ type: 'math', html: expect.stringContaining('katex') }
		]);
	});

	it('takes a dollar sign that nothing closes for what it is', () => {
		expect(dom('$$\nx = 1').textContent).toBe('$$\nx = 1\n');
	});

	it.each([
		'\\href{javascript:alert(1)}{x}',
		'\\url{javascript:alert(1)}',
		'\\includegraphics{https://evil.example/x.png}',
		'\\htmlClass{dialog}{x}',
		'\\htmlId{app}{x}',
		'\\htmlStyle{position:fixed}{x}',
		'\\htmlData{a=b}{x}'
	])('trusts no command that reaches the page: %s', (tex) => {
		const html = new MathWork().render(tex, false) ?? '';
		const element = document.createElement('div');
		element.innerHTML = html;
		expect(element.querySelector('a, img, [id], [class~="dialog"], [href], [src]')).toBeNull();
		expect(html).not.toMatch(/style="[^"]*fixed|data-a/);
	});

	it('lets nothing through that KaTeX does not write', () => {
		expect(sanitizeMath('<span style="position:fixed;width:9em">x</span>')).toBe(
			'<span style="width:9em">x</span>'
		);
		expect(sanitizeMath('<span style="background:url(x);height:1em">x</span>')).toBe(
			'<span style="height:1em">x</span>'
		);
		expect(sanitizeMath('<span style="margin-left:-999em">x</span>')).toBe(
			'<span style="">x</span>'
		);
		expect(sanitizeMath('<span onclick="a()" id="app"><img src=x onerror=a()>x</span>')).toBe(
			'<span>x</span>'
		);
	});

	it('keeps all that KaTeX writes', async () => {
		const { default: katex } = await import('katex');
		const tex =
			'\\left(\\sqrt[3]{\\frac{\\partial f}{\\partial x}}\\right) \\overline{ab} \\xrightarrow{abc} \\begin{pmatrix}a&b\\\\c&d\\end{pmatrix} \\color{red}{x} \\widehat{xyz} \\underbrace{x}_{n} \\boxed{x} \\cancel{x} \\begin{array}{c|c}a&b\\\\\\hline c&d\\end{array} \\mathbb{R} \\operatorname{lim}\\limits_{x\\to0} \\textcolor{#ff0000}{y} \\sum_{i=1}^n \\rule{1em}{2em}';
		const html = katex.renderToString(tex, { displayMode: true });
		const before = document.createElement('div');
		before.innerHTML = html;
		const after = document.createElement('div');
		after.innerHTML = sanitizeMath(html);
		function outline(element: Element): string[] {
			return [...element.querySelectorAll('*')].map((one) => {
				const attributes = [...one.attributes].map(
					({ name, value }) => `${name}=${value.replace(/[;\s]+/g, ' ').trim()}`
				);
				return `${one.tagName} ${attributes.sort().join(' ')}`;
			});
		}
		expect(outline(after)).toEqual(outline(before));
	});

	it('makes only so many formulas at a time, and the rest next', () => {
		const stream = new MarkdownStream();
		const text = Array.from({ length: 400 }, (_, i) => `$x_{${i}} + \\frac{1}{${i}}$`).join('\n\n');
		const start = performance.now();
		stream.update(text, true);
		expect(stream.isPending).toBe(true);
		for (let round = 0; stream.isPending && round < 200; round += 1) {
			stream.readAgain();
		}
		expect(stream.isPending).toBe(false);
		expect(performance.now() - start).toBeLessThan(20_000);
	}, 40_000);

	it.each([
		['megabytes of formulas', '$$x^2 + y_1$$\n\n'.repeat(70_000)],
		['one line of formulas', '$x$ '.repeat(250_000)],
		['one formula of 1 MB', `$$${'x + '.repeat(250_000)}$$`],
		['dollars', '$'.repeat(500_000)],
		['open formulas', '\\('.repeat(200_000)],
		['open blocks', '$$x\n'.repeat(50_000)],
		['open brackets', '\\[x\n'.repeat(50_000)],
		['formulas between lines', 'a\n$$x$$\n'.repeat(20_000)],
		['macros without end', '$\\def\\a{\\a\\a}\\a$'.repeat(200)],
		['deep braces', `$${'{'.repeat(1_900)}x${'}'.repeat(1_900)}$`],
		['deep fractions', `$${'\\frac{1}{'.repeat(400)}x${'}'.repeat(400)}$`],
		['deep roots', `$${'\\sqrt '.repeat(300)}x$`]
	])(
		'%s take bounded time',
		(_, text) => {
			const start = performance.now();
			const stream = new MarkdownStream();
			stream.update(text.slice(0, text.length / 2), false);
			stream.update(text, true);
			expect(performance.now() - start).toBeLessThan(20_000);
		},
		40_000
	);
});
