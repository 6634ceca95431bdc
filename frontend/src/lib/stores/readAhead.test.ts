import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { BackendError } from '../backend/errors';
import { FakeBackend } from '../backend/fake';
import { ReadAhead } from './readAhead';

function draft(content: string): { conversation_id: string; content: string } {
	return { conversation_id: 'a', content };
}

let backend: FakeBackend;
let ahead: ReadAhead;

beforeEach(() => {
	vi.useFakeTimers();
	backend = new FakeBackend();
	backend.answer('read_ahead', () => null);
	ahead = new ReadAhead(backend);
});

afterEach(() => vi.useRealTimers());

function contents(): string[] {
	return backend.callsOf('read_ahead').map(({ content }) => content);
}

async function rest(): Promise<void> {
	await vi.advanceTimersByTimeAsync(500);
}

it('has a question read once the keys rest, and not again while it is the same', async () => {
	ahead.follow(draft('W'));
	await vi.advanceTimersByTimeAsync(400);
	ahead.follow(draft('What'));
	await vi.advanceTimersByTimeAsync(400);
	expect(contents()).toEqual([]);

	await rest();
	ahead.follow(draft('What'));
	await rest();
	ahead.follow(draft('What else'));
	await rest();

	expect(contents()).toEqual(['What', 'What else']);
});

it('ends the reading of what was deleted, once', async () => {
	ahead.follow(null);
	await rest();
	ahead.follow(draft('What'));
	await rest();
	ahead.follow(null);
	await rest();
	ahead.follow(null);
	await rest();

	expect(contents()).toEqual(['What', '']);
});

it('asks for nothing after an answer has begun', async () => {
	ahead.follow(draft('What'));
	await rest();
	ahead.follow(draft('What now'));
	ahead.forget();
	await rest();
	ahead.follow(null);
	await rest();

	expect(contents()).toEqual(['What']);
});

it('asks again for what was to be read before the answer', async () => {
	ahead.follow(draft('What'));
	await rest();
	ahead.forget();
	ahead.follow(draft('What'));
	await rest();

	expect(contents()).toEqual(['What', 'What']);
});

it('says nothing where it cannot be read', async () => {
	backend.answer('read_ahead', () => {
		throw new BackendError('internal_error', 'No');
	});
	ahead.follow(draft('What'));
	await rest();
	backend.answer('read_ahead', () => null);
	ahead.follow(draft('What else'));
	await rest();

	expect(contents()).toEqual(['What', 'What else']);
});
