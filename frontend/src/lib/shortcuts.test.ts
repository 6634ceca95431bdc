import { describe, expect, test } from 'vitest';

import { isShortcut, isWebviewKey, keysOf, keyText } from './shortcuts';

const PC = { isMac: false, own: {} };
const MAC = { isMac: true, own: {} };

function press(key: string, held: KeyboardEventInit = {}): KeyboardEvent {
	return new KeyboardEvent('keydown', { key, ...held });
}

describe('a shortcut', () => {
	test('is Ctrl elsewhere and Command on macOS', () => {
		expect(isShortcut(press('n', { ctrlKey: true }), 'newChat', PC)).toBe(true);
		expect(isShortcut(press('n', { metaKey: true }), 'newChat', MAC)).toBe(true);
		expect(isShortcut(press('n', { ctrlKey: true }), 'newChat', MAC)).toBe(false);
		expect(isShortcut(press('n', { ctrlKey: true, metaKey: true }), 'newChat', PC)).toBe(false);
	});

	test('needs exactly its keys', () => {
		const held = { ctrlKey: true, shiftKey: true };
		expect(isShortcut(press('M', held), 'switchModel', PC)).toBe(true);
		expect(isShortcut(press('m', { ctrlKey: true }), 'switchModel', PC)).toBe(false);
		expect(isShortcut(press('N', held), 'newChat', PC)).toBe(false);
	});

	test('works on layouts without our letters, digits or slash', () => {
		const cyrillic = press('т', { ctrlKey: true, code: 'KeyN' });
		const french = press('é', { ctrlKey: true, code: 'Digit2' });
		const german = press('/', { ctrlKey: true, shiftKey: true, code: 'Digit7' });
		expect(isShortcut(cyrillic, 'newChat', PC)).toBe(true);
		expect(isShortcut(french, 'openModels', PC)).toBe(true);
		expect(isShortcut(german, 'showAll', PC)).toBe(true);
	});

	test('goes by the letter where a layout moves it', () => {
		const dvorak = press('b', { ctrlKey: true, code: 'KeyN' });
		expect(isShortcut(dvorak, 'newChat', PC)).toBe(false);
		expect(isShortcut(dvorak, 'toggleSidebar', PC)).toBe(true);
	});

	test('is named as on the keys', () => {
		expect(keysOf('switchModel', PC)).toEqual(['Ctrl', 'Shift', 'M']);
		expect(keysOf('switchModel', MAC)).toEqual(['⌘', '⇧', 'M']);
		expect(keyText('previousChat', PC)).toBe('Alt Up');
	});
});

test('keys that reload, zoom, print or go back are known', () => {
	for (const key of ['r', 'R', '+', '-', '0', 'p']) {
		expect(isWebviewKey(press(key, { ctrlKey: true }), false)).toBe(true);
	}
	expect(isWebviewKey(press('F5'), false)).toBe(true);
	expect(isWebviewKey(press('ArrowLeft', { altKey: true }), false)).toBe(true);
	expect(isWebviewKey(press('ArrowLeft', { altKey: true }), true)).toBe(false);
	expect(isWebviewKey(press('c', { ctrlKey: true }), false)).toBe(false);
});
