import { beforeEach, expect, test, vi } from 'vitest';

import { FakeBackend } from '../backend/fake';
import type { IndexState } from '../backend/protocol';
import { SearchStore } from './searchStore.svelte';

const INDEX: IndexState = {
	message_count: 2,
	chats_done: 0,
	chats_total: 0,
	is_catching_up: false,
	size_bytes: 1,
	embedding: null,
	reranker: null
};
const MODEL = { model: 'm.gguf', messages_done: 2, messages_total: 2, problem: null };

let backend: FakeBackend;
let search: SearchStore;

beforeEach(() => {
	backend = new FakeBackend()
		.answer('search_messages', () => [])
		.answer('list_answer_models', () => [])
		.setSnapshot('memory', INDEX);
	search = new SearchStore(backend);
});

function asked(): (boolean | undefined)[] {
	return backend.callsOf('search_messages').map(({ by_meaning }) => by_meaning);
}

test('without a model the search asks by words alone, once', async () => {
	search.watch();
	search.write('cat');
	await vi.waitFor(() => expect(search.result).not.toBeNull());
	expect(asked()).toEqual([false]);
});

test('with a model words are shown first, then meaning, unless words alone are wanted', async () => {
	backend.setSnapshot('memory', { ...INDEX, embedding: { ...MODEL, is_ready: true } });
	search.watch();
	search.write('cat');
	await vi.waitFor(() => expect(asked()).toEqual([false, true]));
	search.useMeaning(false);
	await vi.waitFor(() => expect(asked()).toEqual([false, true, false]));
});

test('a model that wakes up is asked for what is on screen', async () => {
	backend.setSnapshot('memory', { ...INDEX, embedding: { ...MODEL, is_ready: false } });
	search.watch();
	search.write('cat');
	await vi.waitFor(() => expect(asked()).toHaveLength(2));
	backend.publish('memory', { ...INDEX, embedding: { ...MODEL, is_ready: true } });
	await vi.waitFor(() => expect(asked()).toHaveLength(4));
});
