import { beforeEach, expect, test } from 'vitest';

import { takeToken } from './token';

beforeEach(() => {
	sessionStorage.clear();
	history.replaceState(null, '', '/?dev#');
});

test('the token of the address is kept and taken out of the address bar', () => {
	history.replaceState(null, '', '/?dev#token=abc-_1&theme=dark');

	expect(takeToken(window)).toBe('abc-_1');
	expect(location.hash).toBe('');
	expect(location.search).toBe('?dev');
});

test('a reload finds the token again', () => {
	history.replaceState(null, '', '/#token=abc');
	takeToken(window);

	expect(takeToken(window)).toBe('abc');
});

test('the token of a later launch takes the place of the old one', () => {
	sessionStorage.setItem('token', 'old');
	history.replaceState(null, '', '/#token=new');

	expect(takeToken(window)).toBe('new');
	expect(takeToken(window)).toBe('new');
});

test('a page that was opened without a token has none', () => {
	expect(takeToken(window)).toBeNull();
});

test('without storage the address keeps the token, so that a reload works', () => {
	history.replaceState(null, '', '/#token=abc');
	const page = {
		location,
		history,
		get sessionStorage(): Storage {
			throw new DOMException('denied', 'SecurityError');
		}
	};

	expect(takeToken(page as unknown as Window)).toBe('abc');
	expect(location.hash).toBe('#token=abc');
});
