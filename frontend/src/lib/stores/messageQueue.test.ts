import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { BackendError } from '../backend/errors';
import { FakeBackend } from '../backend/fake';
import { fakeConversation, fakeMessage } from '../backend/fakeValues';
import type { AnswersEvent, MessageStatus, TurnUnderWay } from '../backend/protocol';
import { Drafts } from './drafts.svelte';
import { MessageQueue } from './messageQueue.svelte';

const turn: TurnUnderWay = {
	conversation_id: 'a',
	message_id: 2,
	sequence: 1,
	phase: 'answering',
	message: fakeMessage(2, { status: 'answering' }),
	progress: null
};

function ended(status: MessageStatus): AnswersEvent {
	return {
		type: status === 'failed' ? 'failed' : 'finished',
		conversation_id: 'a',
		message_id: 2,
		sequence: 9,
		message: fakeMessage(2, { status })
	};
}

function started(): AnswersEvent {
	return {
		type: 'started',
		conversation_id: 'a',
		message_id: 2,
		sequence: 1,
		user_message: fakeMessage(1),
		message: fakeMessage(2, { content: '', status: 'answering' })
	};
}

async function settle(): Promise<void> {
	await vi.advanceTimersByTimeAsync(0);
}

describe('MessageQueue', () => {
	let backend: FakeBackend;
	let drafts: Drafts;
	let queue: MessageQueue;

	beforeEach(() => {
		vi.useFakeTimers();
		backend = new FakeBackend()
			.answer('get_drafts', () => [])
			.answer('save_draft', () => null)
			.answer('send_message', () => ({ user_message_id: 3, answer_message_id: 4 }))
			.setSnapshot('answers', { type: 'snapshot', turns: [turn], ended: [] });
		drafts = new Drafts(backend);
		queue = new MessageQueue(backend, drafts);
		queue.add('a', { content: 'second', attachments: [] });
		queue.add('a', { content: 'third', attachments: [] });
	});

	afterEach(() => vi.useRealTimers());

	function waiting(): string[] {
		return drafts.queueOf('a').map(({ content }) => content);
	}

	function sent(): string[] {
		return backend.callsOf('send_message').map(({ content }) => content);
	}

	it('sends one message after each answer that ends well, in order', async () => {
		backend.publish('answers', ended('complete'));
		await settle();
		expect(sent()).toEqual(['second']);
		expect(waiting()).toEqual(['third']);
		backend.publish('answers', started());
		backend.publish('answers', ended('complete'));
		await settle();
		expect(sent()).toEqual(['second', 'third']);
		expect(waiting()).toEqual([]);
	});

	it.each(['stopped', 'failed', 'cut_short', 'length'] as const)(
		'holds the messages back after an answer that ended %s, and sends them when told to',
		async (status) => {
			backend.publish('answers', ended(status));
			await settle();
			expect(sent()).toEqual([]);
			expect(queue.holdOf('a')).toEqual({ type: 'ended', status });
			expect(queue.isWaiting('a')).toBe(false);
			await queue.release('a');
			expect(sent()).toEqual(['second']);
			expect(queue.isWaiting('a')).toBe(true);
		}
	);

	it('keeps a message that could not be sent, and says why', async () => {
		backend.answer('send_message', () => {
			throw new BackendError('server_not_running', 'No model is loaded.');
		});
		backend.publish('answers', ended('complete'));
		await settle();
		expect(waiting()).toEqual(['second', 'third']);
		expect(queue.holdOf('a')).toEqual({ type: 'not_sent', message: 'No model is loaded.' });
	});

	it('learns of an end that came while nobody listened', async () => {
		backend.answer('get_conversation', () =>
			fakeConversation('a', [fakeMessage(1), fakeMessage(2, { status: 'complete' })])
		);
		backend.publish('answers', { type: 'snapshot', turns: [], ended: [] });
		await settle();
		expect(sent()).toEqual(['second']);
	});

	it('gives a message back as long as it is not on its way', async () => {
		const [second, third] = drafts.queueOf('a');
		expect(queue.take('a', third?.id ?? 0)?.content).toBe('third');
		expect(waiting()).toEqual(['second']);
		backend.publish('answers', ended('complete'));
		expect(queue.take('a', second?.id ?? 0)).toBeNull();
		await settle();
		expect(sent()).toEqual(['second']);
	});

	it('puts a removed message back to its place', () => {
		const [second] = drafts.queueOf('a');
		const taken = queue.take('a', second?.id ?? 0);
		if (taken !== null) {
			queue.putBack('a', taken, 0);
		}
		expect(waiting()).toEqual(['second', 'third']);
	});
});
