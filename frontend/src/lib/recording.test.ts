import { describe, expect, it } from 'vitest';

import { findConflict, recordKeys } from './recording';
import { isShortcut } from './shortcuts';

const PC = { isMac: false, own: {} };

function press(key: string, held: KeyboardEventInit = {}): KeyboardEvent {
	return new KeyboardEvent('keydown', { key, ...held });
}

describe('recording a shortcut', () => {
	it.each([
		[press('j', { ctrlKey: true }), 'Mod+J'],
		[press('J', { ctrlKey: true, shiftKey: true }), 'Mod+Shift+J'],
		[press('ArrowUp', { altKey: true, ctrlKey: true }), 'Mod+Alt+ArrowUp'],
		[press('о', { ctrlKey: true, code: 'KeyJ' }), 'Mod+J'],
		[press('F9'), 'F9'],
		[press('+', { ctrlKey: true }), 'Mod++']
	])('takes %o', (event, keys) => {
		expect(recordKeys(event, false)).toEqual({ type: 'keys', keys });
		expect(isShortcut(event, 'newChat', { isMac: false, own: { newChat: keys } })).toBe(true);
	});

	it.each([
		[press('j'), 'typing'],
		[press('J', { shiftKey: true }), 'typing'],
		[press('Enter'), 'typing'],
		[press('c', { ctrlKey: true }), 'taken'],
		[press('F6'), 'taken']
	])('refuses what writes, or means the same everywhere: %o', (event, type) => {
		expect(recordKeys(event, false).type).toBe(type);
	});

	it('waits for a key to the modifiers', () => {
		expect(recordKeys(press('Control', { ctrlKey: true }), false)).toEqual({ type: 'unfinished' });
	});

	it('knows who has the keys already, as the person has set them', () => {
		expect(findConflict('Mod+B', 'newChat', PC)).toBe('toggleSidebar');
		expect(findConflict('Mod+N', 'newChat', PC)).toBeNull();
		const own = { isMac: false, own: { toggleSidebar: 'Mod+J' } };
		expect(findConflict('Mod+B', 'newChat', own)).toBeNull();
		expect(findConflict('Mod+J', 'newChat', own)).toBe('toggleSidebar');
	});
});
