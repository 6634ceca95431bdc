import { describe, expect, test, vi } from 'vitest';

import { BackendError } from '../backend/errors';
import { FakeBackend } from '../backend/fake';
import {
	aConfig,
	aConversation,
	aModel,
	aSample,
	failed,
	running,
	starting
} from '../../testing/values';
import { ConversationsStore } from './conversationsStore.svelte';
import { LogStore } from './logStore.svelte';
import { ModelsStore } from './modelsStore.svelte';
import { NavigationStore } from './navigationStore.svelte';
import { NoticesStore } from './noticesStore.svelte';
import { ServerStore } from './serverStore.svelte';
import { TelemetryStore } from './telemetryStore.svelte';
import { ToastsStore } from './toastsStore.svelte';

describe('the server store', () => {
	test('follows the events, never the answer', async () => {
		const backend = new FakeBackend().answer('start_llama_server', () => running());
		const server = new ServerStore(backend);

		await server.start({ model_path: '/models/a.gguf' });
		expect(server.state.type).toBe('stopped');

		backend.publish('server_state', running());
		expect(server.running?.model.name).toBe('Qwen3 8B');
	});

	test('a start that was refused is a problem of that model', async () => {
		const backend = new FakeBackend().answer('start_llama_server', () => {
			throw new BackendError('bad_request', 'The file is cut off.');
		});
		const server = new ServerStore(backend);

		await server.start({ model_path: '/models/a.gguf' });

		expect(server.problem).toMatchObject({
			modelPath: '/models/a.gguf',
			message: 'The file is cut off.',
			failure: null
		});
	});

	test.each(['server_start_failed', 'server_start_aborted', 'model_unusable'] as const)(
		'%s is left to the state to tell',
		async (code) => {
			const backend = new FakeBackend().answer('start_llama_server', () => {
				throw new BackendError(code, 'It ended.');
			});
			const server = new ServerStore(backend);
			await server.start({ model_path: '/models/a.gguf' });
			expect(server.problem).toBeNull();

			backend.publish('server_state', failed({ message: 'Out of memory.' }));
			expect(server.problem?.message).toBe('Out of memory.');
		}
	);

	test('a dismissed problem stays away until there is another', () => {
		const backend = new FakeBackend();
		const server = new ServerStore(backend);
		backend.publish('server_state', failed());

		server.dismissProblem();
		expect(server.openProblem).toBeNull();
		expect(server.problem).not.toBeNull();

		backend.publish('server_state', starting());
		backend.publish('server_state', failed());
		expect(server.openProblem).not.toBeNull();
	});

	test('a new start takes the old refusal away', async () => {
		const backend = new FakeBackend().answer('start_llama_server', () => {
			throw new BackendError('internal_error', 'The app went wrong.');
		});
		const server = new ServerStore(backend);
		await server.start({ model_path: '/models/a.gguf' });
		expect(server.problem).not.toBeNull();

		backend.publish('server_state', starting());
		expect(server.problem).toBeNull();
	});
});

describe('the models store', () => {
	const library = {
		folders: [],
		models: [aModel(), aModel({ path: '/m/g.gguf', name: 'Gemma 3 12B it', size_bytes: 8e9 })],
		scanning: false,
		others: [],
		read_count: 0
	};

	test('finds models by every word of a filter', () => {
		const backend = new FakeBackend().setSnapshot('models', library);
		const models = new ModelsStore(backend);

		expect(models.search('12b gem').map(({ name }) => name)).toEqual(['Gemma 3 12B it']);
		expect(models.search(' ')).toHaveLength(2);
		expect(models.search('q4_k_m qwen')).toHaveLength(1);
		expect(models.totalBytes).toBe(13e9);
	});

	test('names a model that is in no folder by its file', () => {
		const models = new ModelsStore(new FakeBackend().setSnapshot('models', library));
		expect(models.nameOf('/models/Qwen3-8B-Q4_K_M.gguf')).toBe('Qwen3 8B');
		expect(models.nameOf('C:\\gone\\Old-7B.GGUF')).toBe('Old-7B');
	});

	test('says why a folder could not be added', async () => {
		const backend = new FakeBackend().answer('add_model_folder', () => {
			throw new BackendError('folder_unusable', 'There is no such folder.');
		});
		const error = await new ModelsStore(backend).addFolder('/nope');
		expect(error?.code).toBe('folder_unusable');
	});
});

describe('the conversations store', () => {
	test('keeps the last changed first, whichever way news come', () => {
		const backend = new FakeBackend();
		const store = new ConversationsStore(backend);
		backend.publish('conversations', {
			type: 'snapshot',
			conversations: [aConversation('b', { updated: 20 }), aConversation('a', { updated: 10 })]
		});
		backend.publish('conversations', {
			type: 'saved',
			conversation: aConversation('a', { updated: 30, title: 'New title' })
		});
		backend.publish('conversations', {
			type: 'saved',
			conversation: aConversation('c', { updated: 5 })
		});

		expect(store.list.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
		expect(store.find('a')?.title).toBe('New title');

		backend.publish('conversations', { type: 'removed', conversation_id: 'a' });
		expect(store.list.map(({ id }) => id)).toEqual(['b', 'c']);
	});
});

describe('telemetry and log', () => {
	test('are heard only while somebody looks', () => {
		const backend = new FakeBackend();
		const telemetry = new TelemetryStore(backend);
		const log = new LogStore(backend);
		expect(backend.isListening('metrics')).toBe(false);
		expect(backend.isListening('log')).toBe(false);

		const stop = telemetry.listen();
		expect(backend.isListening('metrics')).toBe(true);
		stop();
		expect(backend.isListening('metrics')).toBe(false);
		log.listen()();
		expect(backend.isListening('log')).toBe(false);
	});

	test('keep no more than is shown', () => {
		const backend = new FakeBackend();
		const telemetry = new TelemetryStore(backend);
		telemetry.listen();
		for (let time = 0; time < 70; time++) {
			backend.publish('metrics', { type: 'sampled', sample: aSample({ time }) });
		}
		expect(telemetry.samples).toHaveLength(60);
		expect(telemetry.latest?.time).toBe(69);
	});

	test('a snapshot takes the place of what was there', async () => {
		const backend = new FakeBackend();
		const log = new LogStore(backend);
		log.listen();
		const line = { number: 1, time: 1, stream: 'stderr', text: 'one', level: null };
		backend.publish('log', { type: 'appended', lines: [line] });
		backend.publish('log', { type: 'appended', lines: [{ ...line, number: 2, text: 'two' }] });
		await vi.waitFor(() => expect(log.lines.map(({ text }) => text)).toEqual(['one', 'two']));
		backend.publish('log', { type: 'snapshot', lines: [line] });
		expect(log.lines.map(({ text }) => text)).toEqual(['one']);
	});
});

describe('what lies over the page', () => {
	test('a new toast takes the place of the old, and old news cannot take it away', () => {
		const toasts = new ToastsStore();
		toasts.show('First');
		const first = toasts.current?.id ?? 0;
		toasts.show('Second', { undo: () => undefined });
		toasts.dismiss(first);
		expect(toasts.current?.text).toBe('Second');
	});

	test('notices are quiet when there is nothing to tell', () => {
		const backend = new FakeBackend();
		const notices = new NoticesStore(backend);
		expect(notices.isQuiet).toBe(true);
		backend.connect('lost');
		expect(notices.isQuiet).toBe(false);
	});

	test('opening a chat by keys of the list leaves the focus there', () => {
		const navigation = new NavigationStore();
		navigation.show('models');
		const before = navigation.composerFocusRequests;

		navigation.openChat('a', { focusComposer: false });
		expect(navigation.view).toBe('chat');
		expect(navigation.composerFocusRequests).toBe(before);

		navigation.openChat('b');
		expect(navigation.composerFocusRequests).toBe(before + 1);
	});
});

test('a config of another model is not taken over', async () => {
	const { usualConfig } = await import('../loadConfig');
	const last = aConfig({ model_path: '/a.gguf', context_size: 4096 });
	expect(usualConfig('/a.gguf', last)).toEqual(last);
	expect(usualConfig('/b.gguf', last)).toEqual({ model_path: '/b.gguf' });
	expect(usualConfig('/b.gguf', null)).toEqual({ model_path: '/b.gguf' });
});
