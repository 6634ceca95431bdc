import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';

import App from '../App.svelte';
import { FakeBackend } from '../lib/backend/fake';
import {
	fakeConfig,
	fakeConversation,
	fakeMessage,
	fakeRunning,
	fakeSettings,
	fakeSummary
} from '../lib/backend/fakeValues';
import type { Message, TurnUnderWay } from '../lib/backend/protocol';
import { failed } from '../testing/values';

const answering = fakeMessage(2, { content: '', status: 'answering' });

function underWay(changes: Partial<TurnUnderWay> = {}): TurnUnderWay {
	return {
		conversation_id: 'a',
		message_id: 2,
		sequence: 1,
		phase: 'answering',
		message: answering,
		progress: null,
		...changes
	};
}

function backendWith(messages: Message[], turns: TurnUnderWay[] = []): FakeBackend {
	return new FakeBackend()
		.setSnapshot('server_state', fakeRunning)
		.setSnapshot('settings', fakeSettings)
		.setSnapshot('notices', { notices: [] })
		.setSnapshot('models', { folders: [], models: [], scanning: false, others: [], read_count: 0 })
		.setSnapshot('conversations', { type: 'snapshot', conversations: [fakeSummary('a')] })
		.setSnapshot('answers', { type: 'snapshot', turns, ended: [] })
		.setSnapshot('metrics', { type: 'snapshot', samples: [] })
		.setSnapshot('log', { type: 'snapshot', lines: [] })
		.answer('get_app_info', () => ({
			version: '1',
			data_folder: '/data',
			log_folder: '/log',
			platform: 'linux',
			has_window: false
		}))
		.answer('get_conversation', () => fakeConversation('a', messages))
		.answer('stop_answer', () => null);
}

async function openChat(backend: FakeBackend): Promise<ReturnType<typeof userEvent.setup>> {
	const user = userEvent.setup();
	render(App, { backend });
	await user.click(within(screen.getByRole('navigation')).getByText('Chat a'));
	await screen.findAllByRole('article');
	return user;
}

function field(): HTMLElement {
	return screen.getByRole('textbox', { name: 'Message' });
}

describe('ChatView', () => {
	beforeEach(() => {
		location.hash = '';
	});

	it('sends with Enter, writes a new line with Shift Enter', async () => {
		const backend = backendWith([])
			.answer('create_conversation', () => fakeConversation('n'))
			.answer('send_message', () => ({ user_message_id: 1, answer_message_id: 2 }));
		const user = userEvent.setup();
		render(App, { backend });
		await user.type(field(), 'One{Shift>}{Enter}{/Shift}two');
		expect(field()).toHaveValue('One\ntwo');
		await user.type(field(), '{Enter}');
		await waitFor(() =>
			expect(backend.callsOf('send_message')).toEqual([
				{ conversation_id: 'n', content: 'One\ntwo', attachment_ids: [] }
			])
		);
		await waitFor(() => expect(field()).toHaveValue(''));
	});

	it('does not send what an input method is still composing', async () => {
		const backend = backendWith([]);
		const user = userEvent.setup();
		render(App, { backend });
		await user.type(field(), 'にほん');
		field().dispatchEvent(
			new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true })
		);
		expect(backend.callsOf('create_conversation')).toEqual([]);
	});

	it('keeps the draft and says what to do when no model is loaded', async () => {
		const backend = backendWith([]);
		backend.setSnapshot('server_state', { type: 'stopped' });
		const user = userEvent.setup();
		render(App, { backend });
		expect(field()).toHaveAttribute('placeholder', 'Choose a model to send a message');
		await user.type(field(), 'Hello{Enter}');
		expect(screen.getByRole('button', { name: 'Send' })).toBeDisabled();
		expect(field()).toHaveValue('Hello');
	});

	it('shows turns as articles named by their author, with the figures of an answer', async () => {
		const stats = {
			prompt_tokens: 100,
			cached_tokens: 0,
			generated_tokens: 512,
			prompt_tokens_per_second: 1,
			tokens_per_second: 68.4,
			first_token_seconds: 0.42,
			reasoning_seconds: null,
			total_seconds: 8,
			energy_joules: null,
			is_energy_about: false
		};
		await openChat(backendWith([fakeMessage(1), fakeMessage(2, { stats })]));
		expect(screen.getByRole('article', { name: 'You' })).toHaveTextContent('text 1');
		const answer = screen.getByRole('article', { name: 'Tiny' });
		expect(answer).toHaveTextContent('68.4 tok/s');
		expect(answer).toHaveTextContent('0.42 s to first token');
		expect(answer).toHaveTextContent('512 tokens');
	});

	it('moves from turn to turn with the arrow keys', async () => {
		const user = await openChat(backendWith([fakeMessage(1), fakeMessage(2)]));
		screen.getByRole('article', { name: 'Tiny' }).focus();
		await user.keyboard('{ArrowUp}');
		expect(screen.getByRole('article', { name: 'You' })).toHaveFocus();
		await user.keyboard('{ArrowDown}');
		expect(screen.getByRole('article', { name: 'Tiny' })).toHaveFocus();
	});

	it('shows how far the prompt is read', async () => {
		const progress = {
			total_tokens: 11_102,
			cached_tokens: 6_890,
			processed_tokens: 9_460,
			seconds: 1.33
		};
		const turn = underWay({ phase: 'reading', progress });
		await openChat(backendWith([fakeMessage(1), answering], [turn]));
		expect(screen.getByText('2,570 of 4,212 tokens')).toBeVisible();
		expect(screen.getByText('6,890 tokens kept from earlier turns')).toBeInTheDocument();
	});

	it('says that an answer waits for a free slot', async () => {
		const turn = underWay({ phase: 'waiting' });
		await openChat(backendWith([fakeMessage(1), answering], [turn]));
		expect(screen.getByText('Waiting for a free slot')).toBeInTheDocument();
	});

	it('stops the answer with Escape, and by its button', async () => {
		const backend = backendWith([fakeMessage(1), answering], [underWay()]);
		const user = await openChat(backend);
		await user.keyboard('{Escape}');
		await user.click(screen.getByRole('button', { name: 'Stop' }));
		expect(backend.callsOf('stop_answer')).toHaveLength(2);
	});

	it('lets what is written while an answer runs wait for its end', async () => {
		const backend = backendWith([fakeMessage(1), answering], [underWay()]);
		const user = await openChat(backend);
		await user.type(field(), 'Next{Enter}');
		expect(field()).toHaveValue('');
		expect(screen.getByRole('region', { name: 'Waiting messages' })).toHaveTextContent('Next');
		expect(backend.callsOf('send_message')).toEqual([]);
	});

	it('says aloud that it answers, and the beginning of the answer once it is there', async () => {
		const backend = backendWith([fakeMessage(1), answering], [underWay()]);
		await openChat(backend);
		const said = screen.getAllByRole('status').find((status) => status.textContent !== '');
		expect(said).toHaveTextContent('Answering');
		backend.publish('answers', {
			type: 'finished',
			conversation_id: 'a',
			message_id: 2,
			sequence: 9,
			message: fakeMessage(2, { content: `**The end.** ${'x'.repeat(400)}` })
		});
		await waitFor(() => expect(said).toHaveTextContent(/^The end\. x{100,200}$/));
	});

	it('says of an answer that was cut short what is saved', async () => {
		const message = fakeMessage(2, {
			status: 'cut_short',
			content: 'Half',
			error: { code: 'stream_cut', message: 'The connection broke.' }
		});
		const backend = backendWith([fakeMessage(1), message]);
		await openChat(backend);
		const answer = screen.getByRole('article', { name: 'Tiny' });
		expect(answer).toHaveTextContent('The connection broke. The text so far is saved.');
		expect(within(answer).getAllByRole('button', { name: 'Answer again' })[0]).toBeEnabled();
	});

	it('offers to load the model again when the server died in the middle', async () => {
		const cut = fakeMessage(2, { status: 'cut_short' });
		const backend = backendWith([fakeMessage(1), cut]);
		const crash = { while_loading: false, time: cut.created + 1 };
		backend.setSnapshot('server_state', { ...failed(crash), config: fakeConfig });
		backend.answer('start_llama_server', () => fakeRunning);
		const user = await openChat(backend);
		await user.click(screen.getByRole('button', { name: 'Load tiny again' }));
		expect(backend.callsOf('start_llama_server')).toMatchObject([{ config: fakeConfig }]);
		expect(screen.queryByText('tiny has stopped')).not.toBeInTheDocument();
	});

	it('says what was left out of the context', async () => {
		const message = fakeMessage(2, { omitted_message_ids: [5, 6] });
		await openChat(backendWith([fakeMessage(1), message]));
		expect(
			screen.getByText(/2 earlier messages did not fit the context and were left out\./)
		).toBeInTheDocument();
	});

	it('folds what the model thought', async () => {
		const message = fakeMessage(2, { reasoning: 'Let me see.' });
		const user = await openChat(backendWith([fakeMessage(1), message]));
		const button = screen.getByRole('button', { name: 'Thought' });
		expect(screen.getByText('Let me see.')).not.toBeVisible();
		await user.click(button);
		expect(button).toHaveAttribute('aria-expanded', 'true');
		expect(screen.getByText('Let me see.')).toBeVisible();
	});

	it('renames the chat in its header', async () => {
		const backend = backendWith([fakeMessage(1), fakeMessage(2)]);
		backend.answer('rename_conversation', () => fakeSummary('a'));
		const user = await openChat(backend);
		await user.click(screen.getByRole('button', { name: 'Rename Chat a' }));
		await user.clear(screen.getByRole('textbox', { name: 'Name of the chat' }));
		await user.keyboard('Greenhouse{Enter}');
		expect(backend.callsOf('rename_conversation')).toEqual([
			{ conversation_id: 'a', title: 'Greenhouse' }
		]);
	});

	it('asks again with the shortcut', async () => {
		const backend = backendWith([fakeMessage(1), fakeMessage(2)]);
		backend.answer('answer_again', () => ({ user_message_id: 1, answer_message_id: 3 }));
		const user = await openChat(backend);
		await user.keyboard('{Control>}r{/Control}');
		expect(backend.callsOf('answer_again')).toEqual([{ conversation_id: 'a', message_id: 2 }]);
	});
});
