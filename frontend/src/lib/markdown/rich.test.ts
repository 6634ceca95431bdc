// DOMPurify needs a DOM that is true to the standard; happy-dom drops harmless elements.
// @vitest-environment jsdom
import { expect, it } from 'vitest';

import { loadMath } from './math';
import { richSelection, richText } from './rich';

it('is HTML that needs no style sheet', () => {
	const html = richText(
		'# Title\n\n- [x] **done**\n- open\n\n3. three\n\n> said\n\n```js\na < b\n```\n\n| a |\n|---|\n| 1 |\n'
	);
	const page = document.createElement('div');
	page.innerHTML = html;
	expect(page.querySelector('h1')?.textContent).toBe('Title');
	expect(page.querySelector('ul')?.textContent).toBe('☑ doneopen');
	expect(page.querySelector('ol')?.getAttribute('start')).toBe('3');
	expect(page.querySelector('blockquote')?.textContent?.trim()).toBe('said');
	expect(page.querySelector('pre')?.textContent).toBe('a < b');
	expect(page.querySelector('pre')?.getAttribute('style')).toContain('monospace');
	expect(page.querySelector('td')?.getAttribute('style')).toContain('border');
	expect(html).not.toContain('class=');
});

it('has formulas as TeX and footnotes as numbers', async () => {
	await loadMath();
	const html = richText('Of $x^2$.[^1]\n\n$$y$$\n\n[^1]: A note');
	expect(html).toContain('Of $x^2$.<sup>1</sup>');
	expect(html).toContain('$$y$$');
	expect(html).toContain('A note');
	expect(html).not.toMatch(/katex|button|<math/);
});

it('carries no script, and no link that we do not open', () => {
	const html = richText('<img src=x onerror=a()> [x](javascript:a()) [y](https://a.example)');
	const page = document.createElement('div');
	page.innerHTML = html;
	expect(page.querySelector('img, script')).toBeNull();
	expect([...page.querySelectorAll('a')].map((a) => a.getAttribute('href'))).toEqual([
		'https://a.example/'
	]);
});

it('takes from a selection what was read, without controls', () => {
	const fragment = document.createDocumentFragment();
	const page = document.createElement('div');
	page.innerHTML = '<p class="x" style="color:red">a<b>b</b></p><button>Copy</button>';
	fragment.append(...page.childNodes);
	expect(richSelection(fragment)).toBe('<p dir="auto">a<b>b</b></p>');
});
