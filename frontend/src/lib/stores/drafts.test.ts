import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { BackendError } from '../backend/errors';
import { FakeBackend } from '../backend/fake';
import type { Attachment, Draft } from '../backend/protocol';
import { Drafts } from './drafts.svelte';

const file: Attachment = {
	id: 'f1',
	name: 'f.txt',
	kind: 'text',
	media_type: 'text/plain',
	size_bytes: 1,
	token_count: 1,
	width: null,
	height: null
};

function kept(conversation_id: string | null, content: string): Draft {
	return { conversation_id, content, attachments: [file], updated: 1 };
}

async function settle(): Promise<void> {
	await vi.advanceTimersByTimeAsync(0);
}

describe('Drafts', () => {
	let backend: FakeBackend;

	beforeEach(() => {
		vi.useFakeTimers();
		backend = new FakeBackend();
		backend.answer('get_drafts', () => []).answer('save_draft', () => null);
	});

	afterEach(() => vi.useRealTimers());

	it('brings what was written before the app was closed, also of the new chat', async () => {
		backend.answer('get_drafts', () => [kept('a', 'for a'), kept(null, 'new')]);
		const drafts = new Drafts(backend);
		await settle();
		expect(drafts.of('a')).toEqual({ content: 'for a', attachments: [file] });
		expect(drafts.of(null).content).toBe('new');
	});

	it('never overwrites what is typed meanwhile', async () => {
		backend.answer('get_drafts', () => [kept('a', 'old')]);
		const drafts = new Drafts(backend);
		drafts.change('a', { content: 'newer' });
		await settle();
		expect(drafts.of('a').content).toBe('newer');
	});

	it('saves once, 400 ms after the last key', async () => {
		const drafts = new Drafts(backend);
		drafts.change('a', { content: 'o' });
		await vi.advanceTimersByTimeAsync(300);
		drafts.change('a', { content: 'on' });
		await vi.advanceTimersByTimeAsync(399);
		expect(backend.callsOf('save_draft')).toEqual([]);
		await vi.advanceTimersByTimeAsync(1);
		expect(backend.callsOf('save_draft')).toEqual([
			{ conversation_id: 'a', content: 'on', attachment_ids: [] }
		]);
	});

	it('saves at once when the page is left, and not again', async () => {
		const drafts = new Drafts(backend);
		drafts.change(null, { content: 'half', attachments: [file] });
		void drafts.flush();
		await vi.advanceTimersByTimeAsync(1000);
		expect(backend.callsOf('save_draft')).toEqual([
			{ conversation_id: null, content: 'half', attachment_ids: ['f1'] }
		]);
	});

	it('keeps waiting messages and what is written as one draft', async () => {
		const drafts = new Drafts(backend);
		drafts.setQueue('a', [{ id: 1, content: 'first', attachments: [file] }]);
		drafts.change('a', { content: 'second', attachments: [file] });
		await vi.advanceTimersByTimeAsync(400);
		expect(backend.callsOf('save_draft')).toEqual([
			{ conversation_id: 'a', content: 'first\n\nsecond', attachment_ids: ['f1'] }
		]);
	});

	it('tries again what could not be saved once the connection is back', async () => {
		backend.answer('save_draft', () => {
			throw new BackendError('unreachable', 'The app does not answer.');
		});
		const drafts = new Drafts(backend);
		drafts.change('a', { content: 'half' });
		await vi.advanceTimersByTimeAsync(400);
		backend.answer('save_draft', () => null);
		backend.connect('open');
		await settle();
		expect(backend.callsOf('save_draft')).toHaveLength(2);
		void drafts.flush();
		expect(backend.callsOf('save_draft')).toHaveLength(2);
	});

	it('lets go of what was sent and keeps what was written on its way', async () => {
		const drafts = new Drafts(backend);
		const second = { ...file, id: 'f2' };
		drafts.change('a', { content: 'sent and more', attachments: [file, second] });
		drafts.takeSent('a', { content: 'sent', attachments: [file] });
		expect(drafts.of('a')).toEqual({ content: 'and more', attachments: [second] });
		expect(backend.callsOf('save_draft')).toHaveLength(1);
	});

	it('follows a new chat when it is kept', async () => {
		const drafts = new Drafts(backend);
		drafts.change(null, { content: 'hello' });
		drafts.moveToChat('n');
		expect(drafts.of('n').content).toBe('hello');
		expect(drafts.of(null).content).toBe('');
		await vi.advanceTimersByTimeAsync(400);
		expect(backend.callsOf('save_draft')).toContainEqual({
			conversation_id: null,
			content: '',
			attachment_ids: []
		});
	});
});
