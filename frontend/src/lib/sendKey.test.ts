import { describe, expect, it } from 'vitest';

import { isSendKey } from './sendKey';

function enter(more: KeyboardEventInit = {}): KeyboardEvent {
	return new KeyboardEvent('keydown', { key: 'Enter', ...more });
}

describe('isSendKey', () => {
	it('is Enter, with Ctrl or without', () => {
		expect(isSendKey(enter(), 'enter')).toBe(true);
		expect(isSendKey(enter({ ctrlKey: true }), 'enter')).toBe(true);
	});

	it('is Enter with Ctrl or the command key alone, where that was chosen', () => {
		expect(isSendKey(enter(), 'ctrl_enter')).toBe(false);
		expect(isSendKey(enter({ ctrlKey: true }), 'ctrl_enter')).toBe(true);
		expect(isSendKey(enter({ metaKey: true }), 'ctrl_enter')).toBe(true);
	});

	it.each([{ shiftKey: true }, { altKey: true }, { isComposing: true }, { keyCode: 229 }])(
		'is no Enter with %o',
		(more) => {
			expect(isSendKey(enter(more), 'enter')).toBe(false);
			expect(isSendKey(enter({ ctrlKey: true, ...more }), 'ctrl_enter')).toBe(false);
		}
	);
});
