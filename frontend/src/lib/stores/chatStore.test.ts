import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { BackendError } from '../backend/errors';
import { FakeBackend } from '../backend/fake';
import { fakeConversation, fakeMessage, fakeSummary } from '../backend/fakeValues';
import type { AnswersEvent, Conversation, TurnUnderWay } from '../backend/protocol';
import { ChatStore } from './chatStore.svelte';

const answering = fakeMessage(2, { content: '', status: 'answering' });

function started(id = 'a'): AnswersEvent {
	return {
		type: 'started',
		conversation_id: id,
		message_id: 2,
		sequence: 1,
		user_message: fakeMessage(1, { content: 'Hi' }),
		message: answering
	};
}

function delta(sequence: number, text: string, id = 'a'): AnswersEvent {
	return {
		type: 'content_delta',
		conversation_id: id,
		message_id: 2,
		sequence,
		text,
		generated_tokens: sequence,
		tokens_per_second: null
	};
}

function finished(content: string, id = 'a'): AnswersEvent {
	return {
		type: 'finished',
		conversation_id: id,
		message_id: 2,
		sequence: 99,
		message: fakeMessage(2, { content })
	};
}

function underWay(text: string, sequence: number): TurnUnderWay {
	return {
		conversation_id: 'a',
		message_id: 2,
		sequence,
		phase: 'answering',
		message: { ...answering, content: text },
		progress: null
	};
}

/** An answer that is given when the test says so. */
function later<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
	const resolvers: ((value: T) => void)[] = [];
	const promise = new Promise<T>((resolve) => resolvers.push(resolve));
	return { promise, resolve: (value) => resolvers.forEach((resolve) => resolve(value)) };
}

function frame(): void {
	vi.advanceTimersByTime(300);
}

async function settle(): Promise<void> {
	await vi.advanceTimersByTimeAsync(0);
}

describe('ChatStore', () => {
	let backend: FakeBackend;

	beforeEach(() => {
		vi.useFakeTimers();
		backend = new FakeBackend();
		backend.setSnapshot('answers', { type: 'snapshot', turns: [], ended: [] });
	});

	afterEach(() => vi.useRealTimers());

	it('shows the branch that ends in the leaf', async () => {
		const sibling = fakeMessage(4, { parent_id: 1, role: 'assistant' });
		backend.answer('get_conversation', () => ({
			...fakeConversation('a', [fakeMessage(1), fakeMessage(2), fakeMessage(3), sibling]),
			leaf_id: 4
		}));
		const chat = new ChatStore(backend);
		await chat.open('a');
		expect(chat.branch.map(({ id }) => id)).toEqual([1, 4]);
		expect(chat.isKnown).toBe(true);
	});

	it('shows an answer as it grows, once a frame, and its end', async () => {
		backend.answer('get_conversation', () => fakeConversation('a', []));
		const chat = new ChatStore(backend);
		await chat.open('a');
		backend.publish('answers', started());
		backend.publish('answers', delta(2, 'One '));
		backend.publish('answers', delta(3, 'two'));
		expect(chat.turn?.content).toBe('');
		frame();
		expect(chat.turn?.content).toBe('One two');
		expect([...chat.answeringIds]).toEqual(['a']);
		backend.publish('answers', finished('One two.'));
		expect(chat.turn).toBeNull();
		expect(chat.branch.at(-1)?.content).toBe('One two.');
		expect(chat.answeringIds.size).toBe(0);
	});

	it('takes each delta once: what the snapshot held is not added again', async () => {
		backend.answer('get_conversation', () => fakeConversation('a', [fakeMessage(1), answering]));
		backend.setSnapshot('answers', {
			type: 'snapshot',
			turns: [underWay('One two', 3)],
			ended: []
		});
		const chat = new ChatStore(backend);
		await chat.open('a');
		backend.publish('answers', delta(3, 'two'));
		backend.publish('answers', delta(4, ' three'));
		frame();
		expect(chat.turn?.content).toBe('One two three');
	});

	it('goes on whole after a lost connection', async () => {
		backend.answer('get_conversation', () => fakeConversation('a', [fakeMessage(1), answering]));
		backend.setSnapshot('answers', { type: 'snapshot', turns: [underWay('One', 2)], ended: [] });
		const chat = new ChatStore(backend);
		await chat.open('a');
		backend.publish('answers', {
			type: 'snapshot',
			turns: [underWay('One two three', 9)],
			ended: []
		});
		await settle();
		expect(chat.turn?.content).toBe('One two three');
	});

	it('keeps the end that comes while the conversation is being fetched', async () => {
		const fetched = later<Conversation>();
		backend.answer('get_conversation', () => fetched.promise);
		backend.setSnapshot('answers', { type: 'snapshot', turns: [underWay('One', 2)], ended: [] });
		const chat = new ChatStore(backend);
		const opened = chat.open('a');
		backend.publish('answers', finished('One two.'));
		fetched.resolve(fakeConversation('a', [fakeMessage(1), { ...answering, content: 'On' }]));
		await opened;
		expect(chat.branch.at(-1)).toMatchObject({ content: 'One two.', status: 'complete' });
		expect(backend.callsOf('get_conversation')).toHaveLength(1);
	});

	it('fetches again when an answer is unfinished though nobody answers it', async () => {
		const kept = [
			fakeConversation('a', [fakeMessage(1), answering]),
			fakeConversation('a', [fakeMessage(1), fakeMessage(2, { content: 'The end.' })])
		];
		backend.answer('get_conversation', () => kept.shift() ?? fakeConversation('a', []));
		const chat = new ChatStore(backend);
		await chat.open('a');
		expect(chat.branch.at(-1)?.content).toBe('The end.');
	});

	it('does not ask for ever when an answer stays unfinished', async () => {
		backend.answer('get_conversation', () => fakeConversation('a', [fakeMessage(1), answering]));
		const chat = new ChatStore(backend);
		await chat.open('a');
		expect(backend.callsOf('get_conversation').length).toBeLessThan(5);
	});

	it('mixes nothing when the chat is changed in the middle', async () => {
		const slow = later<Conversation>();
		backend.answer('get_conversation', ({ conversation_id }) =>
			conversation_id === 'a'
				? slow.promise
				: fakeConversation('b', [fakeMessage(1, { content: 'B' })])
		);
		const chat = new ChatStore(backend);
		const first = chat.open('a');
		await chat.open('b');
		slow.resolve(fakeConversation('a', [fakeMessage(1, { content: 'A' })]));
		await first;
		backend.publish('answers', started('a'));
		backend.publish('answers', delta(2, 'for a', 'a'));
		frame();
		expect(chat.branch.map(({ content }) => content)).toEqual(['B']);
		expect(chat.turn).toBeNull();
		expect([...chat.answeringIds]).toEqual(['a']);
	});

	it('keeps a new chat with its first message, and opens it', async () => {
		backend
			.answer('create_conversation', () => fakeConversation('n', []))
			.answer('send_message', () => {
				backend.publish('answers', started('n'));
				return { user_message_id: 1, answer_message_id: 2 };
			});
		const chat = new ChatStore(backend);
		chat.draft = 'Hi';
		expect(await chat.send('Hi')).toBe('n');
		expect(chat.conversationId).toBe('n');
		expect(chat.draft).toBe('');
		expect(chat.branch.map(({ id }) => id)).toEqual([1, 2]);
		await chat.open(null);
		expect(chat.draft).toBe('');
	});

	it('keeps the draft and says why when sending fails', async () => {
		backend
			.answer('get_conversation', () => fakeConversation('a', []))
			.answer('send_message', () => {
				throw new BackendError('server_not_running', 'No model is loaded.');
			});
		const chat = new ChatStore(backend);
		await chat.open('a');
		chat.draft = 'Hi';
		expect(await chat.send('Hi')).toBeNull();
		expect(chat.draft).toBe('Hi');
		expect(chat.problem).toMatchObject({ doing: 'send', error: { code: 'server_not_running' } });
	});

	it('does not send twice while the first is on its way', async () => {
		const answer = later<{ user_message_id: number; answer_message_id: number }>();
		backend
			.answer('get_conversation', () => fakeConversation('a', []))
			.answer('send_message', () => answer.promise);
		const chat = new ChatStore(backend);
		await chat.open('a');
		const first = chat.send('Hi');
		expect(await chat.send('Hi')).toBeNull();
		answer.resolve({ user_message_id: 1, answer_message_id: 2 });
		await first;
		expect(backend.callsOf('send_message')).toHaveLength(1);
	});

	it('keeps a draft for every chat', async () => {
		backend.answer('get_conversation', ({ conversation_id }) =>
			fakeConversation(conversation_id, [])
		);
		const chat = new ChatStore(backend);
		chat.draft = 'new';
		await chat.open('a');
		chat.draft = 'for a';
		await chat.open('b');
		expect(chat.draft).toBe('');
		await chat.open('a');
		expect(chat.draft).toBe('for a');
	});

	it('stops the answer that is shown', async () => {
		backend
			.answer('get_conversation', () => fakeConversation('a', [fakeMessage(1), answering]))
			.answer('stop_answer', () => null);
		backend.setSnapshot('answers', { type: 'snapshot', turns: [underWay('One', 2)], ended: [] });
		const chat = new ChatStore(backend);
		await chat.open('a');
		await chat.stop();
		expect(backend.callsOf('stop_answer')).toEqual([{ conversation_id: 'a', message_id: 2 }]);
	});

	it('shows a second answer beside the first', async () => {
		backend
			.answer('get_conversation', () => fakeConversation('a', [fakeMessage(1), fakeMessage(2)]))
			.answer('answer_again', () => {
				backend.publish('answers', {
					type: 'started',
					conversation_id: 'a',
					message_id: 3,
					sequence: 1,
					user_message: fakeMessage(1),
					message: fakeMessage(3, { parent_id: 1, role: 'assistant', status: 'answering' })
				});
				return { user_message_id: 1, answer_message_id: 3 };
			});
		const chat = new ChatStore(backend);
		await chat.open('a');
		await chat.answerAgain(2);
		expect(chat.branch.map(({ id }) => id)).toEqual([1, 3]);
	});

	it('asks in other words beside the old question', async () => {
		backend
			.answer('get_conversation', () =>
				fakeConversation('a', [fakeMessage(1), fakeMessage(2), fakeMessage(3), fakeMessage(4)])
			)
			.answer('send_message', () => ({ user_message_id: 5, answer_message_id: 6 }));
		const chat = new ChatStore(backend);
		await chat.open('a');
		expect(await chat.sendEdited(3, 'Other words')).toBe(true);
		expect(backend.callsOf('send_message')).toEqual([
			{ conversation_id: 'a', content: 'Other words', parent_id: 2 }
		]);
	});

	it('steps to another version, and deletes one and takes that back', async () => {
		const again = fakeMessage(3, { parent_id: 1, role: 'assistant' });
		backend
			.answer('get_conversation', () =>
				fakeConversation('a', [fakeMessage(1), fakeMessage(2), again])
			)
			.answer('show_message', ({ message_id }) => ({ leaf_id: message_id }))
			.answer('delete_message', () => ({ leaf_id: 3 }))
			.answer('restore_message', ({ message_id }) => ({ leaf_id: message_id }));
		const chat = new ChatStore(backend);
		await chat.open('a');
		expect(chat.versionsOf(3)).toEqual({ ids: [2, 3], index: 1 });
		await chat.showMessage(2);
		expect(chat.branch.map(({ id }) => id)).toEqual([1, 2]);
		const restore = await chat.deleteMessage(2);
		expect(chat.branch.map(({ id }) => id)).toEqual([1, 3]);
		expect(chat.versionsOf(3)).toBeNull();
		await restore?.();
		expect(chat.branch.map(({ id }) => id)).toEqual([1, 2]);
		expect(chat.versionsOf(2)).toEqual({ ids: [2, 3], index: 0 });
		expect(backend.callsOf('get_conversation')).toHaveLength(1);
	});

	it('follows another page to the branch that it shows', async () => {
		const again = fakeMessage(3, { parent_id: 1, role: 'assistant' });
		let leaf = 3;
		backend.answer('get_conversation', () => ({
			...fakeConversation('a', [fakeMessage(1), fakeMessage(2), again]),
			leaf_id: leaf
		}));
		const chat = new ChatStore(backend);
		await chat.open('a');
		leaf = 2;
		backend.publish('conversations', {
			type: 'saved',
			conversation: { ...fakeSummary('a'), leaf_id: 2 }
		});
		await settle();
		expect(chat.branch.map(({ id }) => id)).toEqual([1, 2]);
	});

	it('lets an answer that goes on grow where it stands', async () => {
		const stopped = fakeMessage(2, { content: 'Half', status: 'stopped' });
		backend
			.answer('get_conversation', () => fakeConversation('a', [fakeMessage(1), stopped]))
			.answer('continue_answer', () => ({ user_message_id: 1, answer_message_id: 2 }));
		const chat = new ChatStore(backend);
		await chat.open('a');
		await chat.continueAnswer(2);
		backend.publish('answers', {
			...started(),
			message: { ...stopped, status: 'answering' }
		} as AnswersEvent);
		backend.publish('answers', delta(2, ' and whole'));
		frame();
		expect(chat.turn?.content).toBe('Half and whole');
		expect(chat.askedId).toBeNull();
		backend.publish('answers', finished('Half and whole.'));
		expect(chat.branch.map(({ content }) => content)).toEqual(['Hi', 'Half and whole.']);
	});

	it('says that a chat cannot be opened', async () => {
		backend.answer('get_conversation', () => {
			throw new BackendError('conversation_not_found', 'This chat is not there.');
		});
		const chat = new ChatStore(backend);
		await chat.open('a');
		expect(chat.problem?.doing).toBe('open');
	});
});
