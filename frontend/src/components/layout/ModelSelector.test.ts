import { screen, within } from '@testing-library/svelte';
import { describe, expect, test } from 'vitest';

import { FakeBackend } from '../../lib/backend/fake';
import { renderWithStores } from '../../testing/renderWithStores';
import { aConfig, aModel, failed, running, someSettings, starting } from '../../testing/values';
import ModelSelector from './ModelSelector.svelte';

const GEMMA = aModel({ path: '/m/gemma.gguf', name: 'Gemma 3 12B it' });
const BROKEN = aModel({ path: '/m/half.gguf', name: 'Half', problem: 'A part is missing.' });

function aBackend(): FakeBackend {
	return new FakeBackend()
		.setSnapshot('models', {
			folders: [],
			models: [GEMMA, BROKEN, aModel()],
			scanning: false,
			others: [],
			read_count: 0
		})
		.answer('start_llama_server', () => running())
		.answer('stop_llama_server', () => null);
}

function selector(): HTMLElement {
	return screen.getByRole('button', { expanded: false, name: /Model|Choose/ });
}

describe('its name tells model and state', () => {
	test.each([
		['nothing chosen yet', { type: 'stopped' } as const, 'Choose a model'],
		['loading', starting({ progress: 0.48 }), /Qwen3 8B loading 48/],
		['nearly ready', starting({ stage: 'preparing' }), /Qwen3 8B loading Preparing/],
		['ready', running(), /Qwen3 8B ready/],
		['failed', failed(), /Qwen3 8B could not be loaded/],
		['crashed', failed({ while_loading: false }), /Qwen3 8B stopped/]
	])('%s', (_, state, name) => {
		renderWithStores(ModelSelector, { backend: aBackend().setSnapshot('server_state', state) });
		expect(selector()).toHaveAccessibleName(name);
	});

	test('the last model is offered again', () => {
		const settings = someSettings({ last_config: aConfig() });
		renderWithStores(ModelSelector, { backend: aBackend().setSnapshot('settings', settings) });
		expect(selector()).toHaveAccessibleName(/Qwen3 8B not loaded/);
	});
});

test('a model is filtered, chosen and loaded by keyboard alone', async () => {
	const { backend, stores, user } = renderWithStores(ModelSelector, { backend: aBackend() });
	selector().focus();
	await user.keyboard('{Enter}');
	const field = await screen.findByRole('combobox', { name: 'Filter models' });
	await expect.poll(() => document.activeElement).toBe(field);

	await user.keyboard('gem');
	const options = within(screen.getByRole('listbox')).getAllByRole('option');
	expect(options).toHaveLength(1);
	expect(field).toHaveAttribute('aria-activedescendant', options[0]?.id);
	await user.keyboard('{Enter}');

	expect(backend.callsOf('start_llama_server')).toMatchObject([
		{ config: { model_path: '/m/gemma.gguf' } }
	]);
	expect(stores.navigation.isModelSelectorOpen).toBe(false);
});

test('a model with a problem is shown with it and not loaded', async () => {
	const { backend, user } = renderWithStores(ModelSelector, { backend: aBackend() });
	await user.click(selector());
	const option = await screen.findByRole('option', { name: /Half/ });
	expect(option).toHaveTextContent('A part is missing.');

	await user.click(option);

	expect(backend.callsOf('start_llama_server')).toEqual([]);
});

test('the loaded model is loaded with its own last settings, another one is not', async () => {
	const last = aConfig({ context_size: 4096 });
	const backend = aBackend().setSnapshot('settings', someSettings({ last_config: last }));
	const { user } = renderWithStores(ModelSelector, { backend });
	await user.click(selector());
	await user.click(await screen.findByRole('option', { name: /Qwen3/ }));
	expect(backend.callsOf('start_llama_server')).toMatchObject([{ config: last }]);
});

test('choosing the loaded model loads nothing again; Eject is offered', async () => {
	const backend = aBackend().setSnapshot('server_state', running());
	const { user } = renderWithStores(ModelSelector, { backend });
	await user.click(selector());
	await user.click(await screen.findByRole('option', { name: /Qwen3/, selected: true }));
	expect(backend.callsOf('start_llama_server')).toEqual([]);

	await user.click(selector());
	await user.click(await screen.findByRole('button', { name: 'Eject' }));
	expect(backend.callsOf('stop_llama_server')).toHaveLength(1);
});

test('loading is cancelled beside the selector', async () => {
	const backend = aBackend().setSnapshot('server_state', starting());
	const { user } = renderWithStores(ModelSelector, { backend });
	await user.click(screen.getByRole('button', { name: 'Cancel loading Qwen3 8B' }));
	expect(backend.callsOf('stop_llama_server')).toHaveLength(1);
});
