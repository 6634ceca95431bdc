import { describe, expect, test } from 'vitest';

import { FakeBackend } from '../../lib/backend/fake';
import { renderWithStores } from '../../testing/renderWithStores';
import { aConversation, someSettings } from '../../testing/values';
import GlobalKeys from './GlobalKeys.svelte';

const APP = { version: '1', data_folder: '/d', log_folder: '/l', platform: 'linux' };

function aBackend(): FakeBackend {
	return new FakeBackend()
		.setSnapshot('settings', someSettings())
		.setSnapshot('conversations', {
			type: 'snapshot',
			conversations: [aConversation('a'), aConversation('b'), aConversation('c')]
		})
		.answer('update_settings', () => someSettings());
}

/** Presses a key and answers whether the webview may act on it. */
function press(key: string, held: KeyboardEventInit = {}): boolean {
	const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...held });
	return (document.activeElement ?? document.body).dispatchEvent(event);
}

describe('keys that work everywhere', () => {
	test('new chat, chat and models', () => {
		const { stores } = renderWithStores(GlobalKeys, { backend: aBackend() });
		press('2', { ctrlKey: true });
		expect(stores.navigation.view).toBe('models');
		press('1', { ctrlKey: true });
		expect(stores.navigation.view).toBe('chat');
		stores.navigation.openChat('a');
		press('n', { ctrlKey: true });
		expect(stores.navigation.conversationId).toBeNull();
	});

	test('previous and next chat stop at the ends of the list', () => {
		const { stores } = renderWithStores(GlobalKeys, { backend: aBackend() });
		press('ArrowDown', { altKey: true });
		expect(stores.navigation.conversationId).toBe('a');
		press('ArrowUp', { altKey: true });
		expect(stores.navigation.conversationId).toBe('a');
		press('ArrowDown', { altKey: true });
		press('ArrowDown', { altKey: true });
		press('ArrowDown', { altKey: true });
		expect(stores.navigation.conversationId).toBe('c');
	});

	test('the sidebar is kept as a setting', () => {
		const { backend } = renderWithStores(GlobalKeys, { backend: aBackend() });
		press('b', { ctrlKey: true });
		expect(backend.callsOf('update_settings')).toEqual([{ sidebar_open: false }]);
	});

	test('switch model and all shortcuts', () => {
		const { stores } = renderWithStores(GlobalKeys, { backend: aBackend() });
		stores.navigation.show('models');
		press('M', { ctrlKey: true, shiftKey: true });
		expect(stores.navigation.isModelSelectorOpen).toBe(true);
		expect(stores.navigation.view).toBe('chat');
		press('/', { ctrlKey: true });
		expect(stores.navigation.dialog).toBe('shortcuts');
	});

	test('nothing happens behind a dialog', () => {
		const { stores } = renderWithStores(GlobalKeys, { backend: aBackend() });
		document.body.insertAdjacentHTML('beforeend', '<dialog open></dialog>');
		press('2', { ctrlKey: true });
		expect(stores.navigation.view).toBe('chat');
		document.querySelector('dialog')?.remove();
	});
});

describe('keys of the webview', () => {
	test('are taken away in a window of ours', async () => {
		const backend = aBackend().answer('get_app_info', () => ({ ...APP, has_window: true }));
		const { stores } = renderWithStores(GlobalKeys, { backend });
		await stores.settings.readAppInfo();
		expect(press('F5')).toBe(false);
		expect(press('+', { ctrlKey: true })).toBe(false);
		expect(press('c', { ctrlKey: true })).toBe(true);
	});

	test('are left to a browser', async () => {
		const backend = aBackend().answer('get_app_info', () => ({ ...APP, has_window: false }));
		const { stores } = renderWithStores(GlobalKeys, { backend });
		await stores.settings.readAppInfo();
		expect(press('F5')).toBe(true);
		expect(press('+', { ctrlKey: true })).toBe(true);
	});
});
