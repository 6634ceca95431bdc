import { screen, within } from '@testing-library/svelte';
import { describe, expect, test } from 'vitest';

import { FakeBackend } from '../../lib/backend/fake';
import { fakeRunning } from '../../lib/backend/fakeValues';
import type { FailureAction, ServerFailure } from '../../lib/backend/protocol';
import { renderWithStores } from '../../testing/renderWithStores';
import { aConfig, failed } from '../../testing/values';
import CrashCard from './CrashCard.svelte';
import { describeFailure } from './failureReport';

const ACTIONS: FailureAction[] = [
	{ type: 'load_with_layers', gpu_layers: 21, layers: 41 },
	{ type: 'choose_engine' },
	{ type: 'load_with_context', context_size: 8192, instead_of: 32_768 },
	{ type: 'choose_model' }
];

function show(change: Partial<ServerFailure> = {}) {
	const backend = new FakeBackend().answer('start_llama_server', () => fakeRunning);
	const { failure } = failed({
		headline: 'out of GPU memory',
		message: 'It asked for 13.9 GB.',
		actions: ACTIONS,
		attempt: 2,
		...change
	});
	const config = aConfig();
	return renderWithStores(CrashCard, { backend, props: { failure, config } });
}

describe('the card of a crash', () => {
	test('says what happened, how it ended, and which try it was', () => {
		show();
		const card = screen.getByRole('region', { name: 'llama-server stopped: out of GPU memory' });
		expect(card).toHaveTextContent('It ended with exit code 1 while loading');
		expect(card).toHaveTextContent('It asked for 13.9 GB.');
		expect(card).toHaveTextContent(/second try/);
	});

	test('names the model once', () => {
		const name = 'Qwen3-8B-Q4_K_M';
		show({ message: `${name} does not fit.` });
		const card = screen.getByRole('region', { name: /llama-server stopped/ });
		expect(card).toHaveTextContent(
			`It ended with exit code 1 while loading. ${name} does not fit.`
		);
	});

	test('offers what can be done here, with its numbers, and does it', async () => {
		const { backend, user } = show();
		const tries = within(screen.getByRole('list')).getAllByRole('button');
		expect(tries.map((button) => button.textContent?.trim())).toEqual([
			'Load with 21 of 41 layers',
			'Load with 8k context',
			'Choose another model'
		]);
		await user.click(screen.getByRole('button', { name: 'Load with 21 of 41 layers' }));
		expect(backend.callsOf('start_llama_server')).toEqual([
			{ config: aConfig({ gpu_layers: 21 }), as_given: true }
		]);
	});

	test('of a load that hangs says that it goes on', () => {
		show({ cause: 'hangs', exit_words: null, actions: [{ type: 'cancel_loading' }] });
		expect(screen.getByRole('heading', { level: 2 })).toHaveTextContent('is still being loaded');
		expect(screen.getByRole('button', { name: 'Cancel loading' })).toBeEnabled();
	});
});

test('the report has cause, engine, command and log', () => {
	const text = describeFailure(failed().failure, ['line 1', 'line 2']);
	expect(text).toContain('cause: memory_out: out of memory');
	expect(text).toContain('engine: /app/llama-server, b1');
	expect(text).toContain('command: /app/llama-server -m');
	expect(text.endsWith('line 1\nline 2')).toBe(true);
	expect(describeFailure(failed().failure)).toContain('failed to allocate buffer');
});
