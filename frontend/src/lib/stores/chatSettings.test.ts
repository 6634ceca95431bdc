import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { BackendError } from '../backend/errors';
import { FakeBackend } from '../backend/fake';
import { fakeConversation, fakeSettings } from '../backend/fakeValues';
import { ChatSettings, DEFAULT_SETTINGS, isSameSettings } from './chatSettings.svelte';

describe('ChatSettings', () => {
	let backend: FakeBackend;
	let settings: ChatSettings;

	beforeEach(() => {
		vi.useFakeTimers();
		backend = new FakeBackend()
			.answer('update_conversation', ({ conversation_id }) => fakeConversation(conversation_id))
			.answer('create_conversation', () => fakeConversation('n'));
		settings = new ChatSettings(backend);
	});

	afterEach(() => vi.useRealTimers());

	it('keeps a change after a pause, all of it at once', async () => {
		settings.open('a');
		settings.changeParameters({ temperature: 0.1 });
		settings.change({ system_prompt: 'Rhyme.' });
		await vi.advanceTimersByTimeAsync(500);
		const calls = backend.callsOf('update_conversation');
		expect(calls).toHaveLength(1);
		expect(calls[0]).toMatchObject({
			conversation_id: 'a',
			system_prompt: 'Rhyme.',
			parameters: { temperature: 0.1 },
			overflow: 'oldest'
		});
	});

	it('keeps what was changed in the chat that is left', async () => {
		settings.open('a');
		settings.change({ system_prompt: 'Of a.' });
		settings.open('b');
		await vi.advanceTimersByTimeAsync(1000);
		expect(backend.callsOf('update_conversation')).toMatchObject([
			{ conversation_id: 'a', system_prompt: 'Of a.' }
		]);
		expect(settings.value).toEqual(DEFAULT_SETTINGS);
	});

	it('does not lose what is typed to what the app had before', () => {
		settings.open('a');
		settings.change({ system_prompt: 'Newer.' });
		settings.take(fakeConversation('a'));
		expect(settings.value.system_prompt).toBe('Newer.');
	});

	it('begins a new chat with its settings, and the next one without', async () => {
		settings.change({ system_prompt: 'Rhyme.', overflow: 'nothing' });
		expect(await settings.create()).toBe('n');
		settings.moveToChat('n');
		expect(backend.callsOf('create_conversation')).toMatchObject([
			{ system_prompt: 'Rhyme.', overflow: 'nothing' }
		]);
		expect(settings.value.system_prompt).toBe('Rhyme.');
		settings.open(null);
		expect(settings.value).toEqual(DEFAULT_SETTINGS);
	});

	it('begins a new chat as the settings of the app have it, until something is set for it', () => {
		backend.publish('settings', { ...fakeSettings, chat_system_prompt: 'Be brief.' });
		expect(settings.value.system_prompt).toBe('Be brief.');
		settings.change({ system_prompt: 'Rhyme.' });
		backend.publish('settings', { ...fakeSettings, chat_system_prompt: 'Be long.' });
		expect(settings.value.system_prompt).toBe('Rhyme.');
		settings.moveToChat('n');
		settings.open(null);
		expect(settings.value.system_prompt).toBe('Be long.');
	});

	it('keeps what was set for a new chat while another one is looked at', () => {
		settings.change({ system_prompt: 'Rhyme.' });
		settings.open('a');
		settings.open(null);
		expect(settings.value.system_prompt).toBe('Rhyme.');
	});

	it('says why a change is not taken until it is mended', async () => {
		backend.answer('update_conversation', () => {
			throw new BackendError('structure_invalid', 'The grammar has no root.');
		});
		settings.open('a');
		settings.changeParameters({ grammar: 'x' });
		await expect(settings.save()).rejects.toThrow('The grammar has no root.');
		expect(settings.error?.code).toBe('structure_invalid');
		backend.answer('update_conversation', () => fakeConversation('a'));
		settings.changeParameters({ grammar: null });
		await settings.save();
		expect(settings.error).toBeNull();
	});

	it('knows settings that are the same', () => {
		const other = { ...DEFAULT_SETTINGS, overflow: 'middle' as const };
		expect(isSameSettings(DEFAULT_SETTINGS, structuredClone(DEFAULT_SETTINGS))).toBe(true);
		expect(isSameSettings(DEFAULT_SETTINGS, other)).toBe(false);
	});
});
