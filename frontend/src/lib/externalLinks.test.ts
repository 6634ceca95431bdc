import { afterEach, beforeEach, expect, test } from 'vitest';

import { guardLinks } from './externalLinks';

let opened: string[];
let stop: () => void;

beforeEach(() => {
	opened = [];
	stop = guardLinks(document, (address) => opened.push(address));
	document.body.innerHTML = `
		<a id="out" href="https://example.org/a?b"><b id="inner">out</b></a>
		<a id="script" href="javascript:alert(1)">script</a>
		<a id="here" href="#heading">here</a>
		<button id="button" type="button">no link</button>`;
});

afterEach(() => {
	stop();
});

/** Presses and answers whether the page may follow. */
function press(id: string, type = 'click', button = 0): boolean {
	const event = new MouseEvent(type, { bubbles: true, cancelable: true, button });
	return document.getElementById(id)?.dispatchEvent(event) ?? true;
}

test('a press on a link is handed over and never followed', () => {
	expect(press('inner')).toBe(false);
	expect(opened).toEqual(['https://example.org/a?b']);
});

test('the middle button opens too, the right one does not', () => {
	expect(press('out', 'auxclick', 1)).toBe(false);
	expect(press('out', 'auxclick', 2)).toBe(false);
	expect(opened).toHaveLength(1);
});

test('whatever the address is, the page does not follow it', () => {
	expect(press('script')).toBe(false);
	expect(opened).toEqual(['javascript:alert(1)']);
});

test('a component cannot let a link through', () => {
	document.getElementById('out')?.addEventListener('click', (event) => event.stopPropagation());
	expect(press('out')).toBe(false);
});

test('places in the page and other controls are left alone', () => {
	expect(press('here')).toBe(true);
	expect(press('button')).toBe(true);
	expect(opened).toEqual([]);
});

test('a link cannot be dragged out and dropped on the window', () => {
	expect(press('out', 'dragstart')).toBe(false);
	expect(opened).toEqual([]);
});
