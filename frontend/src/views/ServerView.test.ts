import { screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, test } from 'vitest';

import { FakeBackend } from '../lib/backend/fake';
import type { LogLine } from '../lib/backend/protocol';
import { renderWithStores } from '../testing/renderWithStores';
import { aSample, failed, running, starting } from '../testing/values';
import ServerView from './ServerView.svelte';

function line(number: number, level: LogLine['level'], text: string): LogLine {
	return { number, time: 1_000_000, stream: 'stderr', level, text };
}

function show(state: Parameters<FakeBackend['setSnapshot']>[1], lines: LogLine[] = []) {
	const backend = new FakeBackend()
		.setSnapshot('server_state', state as never)
		.setSnapshot('metrics', { type: 'snapshot', samples: [aSample()] })
		.setSnapshot('log', { type: 'snapshot', lines })
		.answer('restart_llama_server', () => running())
		.answer('stop_llama_server', () => null);
	return renderWithStores(ServerView, { backend });
}

describe('the Server page', () => {
	test('shows a running server: its step, its figures, its process and its slots', () => {
		show(running());
		const steps = within(screen.getByRole('list', { name: 'Server state' }));
		expect(steps.getByText('Running').closest('li')).toHaveAttribute('aria-current', 'step');
		const usage = screen.getByRole('region', { name: /Usage of llama-server/ });
		expect(usage).toHaveTextContent('GPU not available');
		expect(usage).toHaveTextContent(/CPU 16 threads 31 %/);
		expect(screen.getByText('Process').nextElementSibling).toHaveTextContent('1');
		expect(screen.getByText('Threads').nextElementSibling).toHaveTextContent('7 of 16');
		expect(screen.getByText('GPU layers').nextElementSibling).toHaveTextContent('not available');
		expect(screen.getByText('Idle')).toBeInTheDocument();
	});

	test('restarts and stops the server by its buttons', async () => {
		const { backend, user } = show(running());
		await user.click(screen.getAllByRole('button', { name: 'Restart' })[0] as HTMLElement);
		await user.click(screen.getByRole('button', { name: 'Stop' }));
		expect(backend.callsOf('restart_llama_server')).toHaveLength(1);
		expect(backend.callsOf('stop_llama_server')).toHaveLength(1);
	});

	test('offers the figures as a table', async () => {
		const { user } = show(running());
		await user.click(screen.getByRole('button', { name: 'More about the server' }));
		await user.click(await screen.findByRole('menuitem', { name: 'Show figures as a table' }));
		const row = screen.getByRole('rowheader', { name: /^CPU/ }).closest('tr');
		expect(row).toHaveTextContent(/31 %/);
	});

	test('shows where a failed start came to, and starts again', async () => {
		const { backend, user } = show(failed());
		expect(screen.getByText(/failed after 2.3/)).toBeInTheDocument();
		await user.click(screen.getByRole('button', { name: 'Start again' }));
		expect(backend.callsOf('restart_llama_server')).toHaveLength(1);
	});

	test('says that a sensor hangs, until it answers again', async () => {
		const { backend } = show(running());
		backend.publish('metrics', { type: 'stalled', since: 1 });
		expect(await screen.findByText(/sensors do not answer/)).toBeInTheDocument();
		backend.publish('metrics', { type: 'sampled', sample: aSample() });
		await waitFor(() => expect(screen.queryByText(/sensors do not answer/)).toBeNull());
	});

	test('cancels a start', async () => {
		const { backend, user } = show(starting());
		await user.click(screen.getByRole('button', { name: 'Cancel' }));
		expect(backend.callsOf('stop_llama_server')).toHaveLength(1);
	});
});

describe('the log', () => {
	const LINES = [line(1, 'I', 'all is well'), line(2, 'W', 'be careful'), line(3, 'E', 'it broke')];

	test('counts warnings and errors, and shows only them when asked', async () => {
		const { user } = show(running(), LINES);
		expect(screen.getByRole('radio', { name: 'Warnings 1' })).toBeInTheDocument();
		await user.click(screen.getByRole('radio', { name: 'Errors 1' }));
		expect(screen.getByRole('log')).toHaveTextContent('it broke');
		expect(screen.getByRole('log')).not.toHaveTextContent('all is well');
	});

	test('is filtered by text, and says when nothing is left', async () => {
		const { user } = show(running(), LINES);
		await user.type(screen.getByRole('textbox', { name: 'Filter the log' }), 'CAREFUL');
		expect(screen.getByRole('log')).toHaveTextContent('be careful');
		await user.type(screen.getByRole('textbox', { name: 'Filter the log' }), ' not');
		expect(screen.getByText('No line matches.')).toBeInTheDocument();
	});

	test('is copied with all that is known of the server, as the app writes it', async () => {
		const { backend, user } = show(running(), LINES);
		backend.answer('get_server_report', () => 'the report');
		await user.click(screen.getAllByRole('button', { name: 'Copy report' })[0] as HTMLElement);
		expect(await navigator.clipboard.readText()).toBe('the report');
	});

	test('draws only the lines near the view', () => {
		show(
			running(),
			Array.from({ length: 5000 }, (_, index) => line(index + 1, 'I', `n ${index}`))
		);
		expect(screen.getByRole('log').querySelectorAll('[data-number]').length).toBeLessThan(200);
	});
});
