import { screen, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, test } from 'vitest';

import { BackendError } from '../lib/backend/errors';
import { FakeBackend } from '../lib/backend/fake';
import type { LibraryFit, MemoryEstimate, ModelLibrary } from '../lib/backend/protocol';
import { renderWithStores } from '../testing/renderWithStores';
import { aModel, failed, running, starting } from '../testing/values';
import ModelsView from './ModelsView.svelte';

const LIBRARY: ModelLibrary = {
	folders: [
		{ path: '/models', model_count: 2, problem: null },
		{ path: '/usb', model_count: 0, problem: 'This folder cannot be read.' }
	],
	models: [
		aModel({ path: '/models/g.gguf', name: 'Gemma 3 12B it', part_count: 3 }),
		aModel(),
		aModel({ path: '/models/half.gguf', name: 'Half', problem: 'Part 2 of 2 is missing.' })
	],
	scanning: false,
	others: [],
	read_count: 0
};

let backend: FakeBackend;

beforeEach(() => {
	backend = new FakeBackend()
		.setSnapshot('models', LIBRARY)
		.answer('start_llama_server', () => running())
		.answer('stop_llama_server', () => null)
		.answer('pick_folder', () => {
			throw new BackendError('no_window', 'There is no window.');
		})
		.answer('add_model_folder', () => LIBRARY)
		.answer('remove_model_folder', () => LIBRARY)
		.answer('rescan_models', () => LIBRARY);
});

function rowOf(name: string): HTMLElement {
	const item = screen.getByRole('heading', { name, level: 3 }).closest('li');
	if (item === null) {
		throw new Error(`No row of ${name}.`);
	}
	return item;
}

describe('the list', () => {
	test('shows what was found, with sizes and problems', () => {
		renderWithStores(ModelsView, { backend });
		expect(rowOf('Gemma 3 12B it')).toHaveTextContent('Qwen · qwen3 · 8.2 B, 3 parts');
		expect(rowOf('Qwen3 8B')).toHaveTextContent('Q4_K_M');
		expect(rowOf('Half')).toHaveTextContent('Part 2 of 2 is missing.');
		expect(within(rowOf('Half')).getByRole('button', { name: 'Load Half' })).toBeDisabled();
	});

	test('is filtered, and says when nothing is left', async () => {
		const { user } = renderWithStores(ModelsView, { backend });
		await user.type(screen.getByRole('textbox', { name: 'Filter' }), 'gemma');
		expect(screen.queryByRole('heading', { name: 'Qwen3 8B' })).toBeNull();

		await user.type(screen.getByRole('textbox', { name: 'Filter' }), ' nothing');
		expect(screen.getByText('No model matches “gemma nothing”.')).toBeInTheDocument();
	});

	test('without folders says what the place is for and gives the first action', () => {
		backend.setSnapshot('models', {
			folders: [],
			models: [],
			scanning: false,
			others: [],
			read_count: 0
		});
		renderWithStores(ModelsView, { backend });
		expect(screen.getByRole('heading', { name: 'No models yet' })).toBeInTheDocument();
		expect(screen.getAllByRole('button', { name: 'Add folder' })).toHaveLength(2);
	});
});

function anEstimate(path: string, change: Partial<MemoryEstimate> = {}): MemoryEstimate {
	const parts = { weights: 5e9, kv_cache: 1e9, compute: 1e8, projector: 0, overhead: 3e7 };
	return {
		path,
		verdict: 'ram',
		context_size: 16_384,
		layer_count: 37,
		gpu_layers: 0,
		expert_layers_in_ram: 0,
		gpu: { weights: 0, kv_cache: 0, compute: 0, projector: 0, overhead: 0 },
		ram: parts,
		gpu_bytes: 0,
		ram_bytes: 6.13e9,
		gpu_free_bytes: 0,
		ram_free_bytes: 25e9,
		mapped_bytes: 0,
		prompt_cache_bytes: 2e9,
		measured: null,
		...change
	};
}

const GIB = 1024 ** 3;

function aLibraryFit(
	estimates: MemoryEstimate[],
	{ sharesRam = false, keepsExperts = true } = {}
): LibraryFit {
	const sizes = { total_bytes: 12 * GIB, free_bytes: 11 * GIB };
	return {
		machine: {
			ram_total_bytes: 32 * GIB,
			ram_free_bytes: 24 * GIB,
			threads: 16,
			gpus: [{ name: 'Card', ...sizes, shares_ram: sharesRam }],
			idle_gpus: [],
			server_ram: null,
			server_gpu: null
		},
		keeps_experts: keepsExperts,
		estimates
	};
}

describe('what fits', () => {
	test('is said of every model, and what the machine has', async () => {
		backend.answer('estimate_library', () =>
			aLibraryFit([
				anEstimate('/models/Qwen3-8B-Q4_K_M.gguf'),
				anEstimate('/models/g.gguf', { verdict: 'partly', gpu_layers: 25 })
			])
		);
		renderWithStores(ModelsView, { backend });

		expect(await screen.findByText('Fits in RAM')).toBeInTheDocument();
		expect(rowOf('Gemma 3 12B it')).toHaveTextContent('Partly 25 of 37 layers');
		expect(screen.getByText('24.0 GB free')).toBeInTheDocument();
		expect(screen.getByText('11.0 GB free')).toBeInTheDocument();
	});

	test('tells of a GPU that the engine was not built for, and leads to the engines', async () => {
		const gib = 1024 ** 3;
		const card = { total_bytes: 12 * gib, free_bytes: 11 * gib };
		backend.answer('estimate_library', () => ({
			machine: {
				ram_total_bytes: 32 * gib,
				ram_free_bytes: 24 * gib,
				threads: 16,
				gpus: [{ ...card, name: 'Apple M2 Pro', shares_ram: true }],
				idle_gpus: [
					{ ...card, name: 'RTX 4070', shares_ram: false },
					{ ...card, name: 'RTX 4070', shares_ram: false }
				],
				server_ram: null,
				server_gpu: null
			},
			keeps_experts: true,
			estimates: []
		}));
		const { stores, user } = renderWithStores(ModelsView, { backend });

		expect(await screen.findByText(/was not built for RTX 4070: models run/)).toBeInTheDocument();
		expect(screen.getByText('Apple M2 Pro, part of the RAM')).toBeInTheDocument();
		await user.click(screen.getByRole('button', { name: 'Choose another engine' }));
		expect(stores.navigation.view).toBe('settings');
	});

	test('is not known where nothing answers', () => {
		renderWithStores(ModelsView, { backend });
		expect(rowOf('Qwen3 8B')).toHaveTextContent('Not known');
	});
});

describe('the order', () => {
	test('keeps favourites on top, and tells the backend', async () => {
		const record = { path: '/models/half.gguf', used_at: null, config: null, measurements: [] };
		backend.setSnapshot('model_records', { records: [{ ...record, is_favourite: true }] });
		backend.answer('set_model_favourite', () => null);
		const { user } = renderWithStores(ModelsView, { backend });

		const names = screen.getAllByRole('heading', { level: 3 }).map((one) => one.textContent);
		expect(names).toEqual(['Half', 'Gemma 3 12B it', 'Qwen3 8B']);
		await user.click(screen.getByRole('button', { name: 'Keep Qwen3 8B on top' }));
		expect(backend.callsOf('set_model_favourite')).toEqual([
			{ path: '/models/Qwen3-8B-Q4_K_M.gguf', is_favourite: true }
		]);
	});

	test('shows one kind alone', async () => {
		const { user } = renderWithStores(ModelsView, { backend });
		await user.click(screen.getByRole('radio', { name: 'Embedding' }));
		expect(screen.getByText('No model of this kind.')).toBeInTheDocument();
	});
});

describe('a model', () => {
	test('is loaded and ejected by its row', async () => {
		const { user } = renderWithStores(ModelsView, { backend });
		await user.click(screen.getByRole('button', { name: 'Load Gemma 3 12B it' }));
		expect(backend.callsOf('start_llama_server')).toMatchObject([
			{ config: { model_path: '/models/g.gguf' } }
		]);

		backend.publish('server_state', running());
		await user.click(await screen.findByRole('button', { name: 'Eject Qwen3 8B' }));
		expect(backend.callsOf('stop_llama_server')).toHaveLength(1);
	});

	test('shows how far it is while it loads, and can be cancelled', async () => {
		backend.setSnapshot('server_state', starting({ progress: 0.48 }));
		const { user } = renderWithStores(ModelsView, { backend });
		expect(within(rowOf('Qwen3 8B')).getByRole('status')).toHaveTextContent(/Loading 48/);
		backend.publish('server_state', starting({ stage: 'vision', progress: 0.5 }));
		expect(await screen.findByText(/Loading vision 50/)).toBeInTheDocument();
		await user.click(screen.getByRole('button', { name: 'Cancel loading Qwen3 8B' }));
		expect(backend.callsOf('stop_llama_server')).toHaveLength(1);
	});

	test('is loaded with options, by keyboard alone', async () => {
		const { user } = renderWithStores(ModelsView, { backend });
		screen.getByRole('button', { name: 'Load options for Qwen3 8B' }).focus();
		await user.keyboard('{Enter}');
		const form = await screen.findByRole('dialog', { name: 'Load Qwen3 8B' });
		const context = within(form).getByRole('radiogroup', { name: 'Context size' });
		within(context).getByRole('radio', { name: 'Auto' }).focus();
		await user.keyboard('{ArrowRight}');
		const tokens = await within(form).findByRole('textbox', { name: 'tokens' });
		await user.clear(tokens);
		await user.type(tokens, 'many');
		expect(tokens).toBeInvalid();
		expect(within(form).getByRole('button', { name: 'Load' })).toBeDisabled();
		await user.clear(tokens);
		await user.type(tokens, '4096{Enter}');

		const config = { model_path: aModel().path, context_size: 4096, gpu_layers: null };
		expect(backend.callsOf('start_llama_server')).toMatchObject([{ config }]);
		expect(backend.callsOf('remember_model_config')).toMatchObject([
			{ path: aModel().path, config }
		]);
	});

	test.each([
		{ active: 3e9, isOffered: true },
		{ active: 3e9, sharesRam: true, isOffered: false },
		{ active: 3e9, keepsExperts: false, isOffered: false },
		{ active: null, isOffered: false }
	])('keeps experts in RAM only where that can help: %o', async (given) => {
		const path = aModel().path;
		backend.answer('estimate_library', () => aLibraryFit([], given));
		backend.answer('estimate_fit', ({ config }) =>
			anEstimate(config.model_path, {
				verdict: 'partly',
				gpu_layers: 37,
				expert_layers_in_ram: config.expert_layers_in_ram ?? 0,
				mapped_bytes: 3 * GIB
			})
		);
		const models = [aModel({ active_parameters: given.active })];
		backend.setSnapshot('models', { ...LIBRARY, models });
		const { user } = renderWithStores(ModelsView, { backend });
		await user.click(screen.getByRole('button', { name: 'Load options for Qwen3 8B' }));
		const form = await screen.findByRole('dialog', { name: 'Load Qwen3 8B' });
		await within(form).findByText(/up to 3.0 GB more/);
		const experts = within(form).queryByRole('textbox', { name: 'Experts in RAM' });
		if (!given.isOffered || experts === null) {
			expect(experts !== null).toBe(given.isOffered);
			return;
		}
		await user.type(experts, '20');
		expect(await within(form).findByText(/the experts of 20 of them in RAM/)).toBeVisible();
		await user.click(within(form).getByRole('button', { name: 'Load' }));
		expect(backend.callsOf('start_llama_server')).toMatchObject([
			{ config: { model_path: path, expert_layers_in_ram: 20 } }
		]);
	});

	test('is estimated anew after each change of its options', async () => {
		backend.answer('estimate_fit', ({ config }) =>
			anEstimate(config.model_path, {
				verdict: config.cache_type_k === 'q4_0' ? 'ram' : 'too_large',
				context_size: 8192
			})
		);
		const { user } = renderWithStores(ModelsView, { backend });
		await user.click(screen.getByRole('button', { name: 'Load options for Qwen3 8B' }));
		const form = await screen.findByRole('dialog', { name: 'Load Qwen3 8B' });

		expect(await within(form).findByText(/It does not fit/)).toBeInTheDocument();
		await user.click(within(form).getByRole('radio', { name: 'Q4_0' }));
		expect(await within(form).findByText(/In RAM, on the CPU/)).toBeInTheDocument();

		await user.click(within(form).getByRole('button', { name: /^Reset kv cache type/ }));
		expect(await within(form).findByText(/It does not fit/)).toBeInTheDocument();
	});

	test('is deleted after a question, by keyboard, and says what that frees', async () => {
		backend.answer('delete_model', () => 5_000_000_000);
		const { stores, user } = renderWithStores(ModelsView, { backend });
		const opener = screen.getByRole('button', { name: 'Delete Gemma 3 12B it…' });
		opener.focus();
		await user.keyboard('{Enter}');
		const dialog = await screen.findByRole('dialog', { name: 'Delete Gemma 3 12B it?' });
		expect(dialog).toHaveTextContent(/g\.gguf, all 3 parts, \d/);
		expect(dialog).toHaveTextContent('system’s trash');
		expect(within(dialog).getByRole('button', { name: 'Cancel' })).toHaveFocus();
		expect(backend.callsOf('delete_model')).toEqual([]);

		await user.click(within(dialog).getByRole('button', { name: 'Move to trash' }));
		expect(backend.callsOf('delete_model')).toEqual([{ path: '/models/g.gguf' }]);
		await expect.poll(() => screen.queryByRole('dialog')).toBeNull();
		expect(stores.toasts.current?.text).toMatch(/^Gemma 3 12B it is in the system’s trash: \d/);
		expect(opener).toHaveFocus();
	});

	test('that cannot be deleted says why in the dialog; a loaded one has no such button', async () => {
		backend.setSnapshot('server_state', running()).answer('delete_model', () => {
			throw new BackendError('delete_refused', 'Remove the model in Ollama.');
		});
		const { user } = renderWithStores(ModelsView, { backend });
		expect(screen.queryByRole('button', { name: 'Delete Qwen3 8B…' })).toBeNull();
		await user.click(screen.getByRole('button', { name: 'Delete Half…' }));
		await user.click(await screen.findByRole('button', { name: 'Move to trash' }));
		expect(await screen.findByText('Remove the model in Ollama.')).toBeInTheDocument();
		expect(screen.getByRole('dialog', { name: 'Delete Half?' })).toBeInTheDocument();
	});

	test('that failed to load says why, and opens what happened', async () => {
		backend.setSnapshot('server_state', failed());
		const { stores, user } = renderWithStores(ModelsView, { backend });
		expect(screen.getByRole('alert')).toHaveTextContent('Qwen3 8B could not be loaded');
		await user.click(screen.getByRole('button', { name: 'What happened' }));
		expect(stores.navigation.dialog).toBe('what_happened');

		await user.click(screen.getByRole('button', { name: 'Dismiss' }));
		expect(screen.queryByRole('alert')).toBeNull();
	});

	test('that gives no sign of life says so, and can be cancelled', async () => {
		const concern = failed({ cause: 'hangs', message: 'No sign of life for 45 s.' }).failure;
		backend.setSnapshot('server_state', starting({ silent_seconds: 45, concern }));
		backend.answer('stop_llama_server', () => null);
		const { user } = renderWithStores(ModelsView, { backend });
		const alert = screen.getByRole('alert');
		expect(alert).toHaveTextContent('Qwen3 8B is still being loaded');
		expect(alert).toHaveTextContent('No sign of life for 45 s.');
		await user.click(within(alert).getByRole('button', { name: 'Cancel loading' }));
		expect(backend.callsOf('stop_llama_server')).toHaveLength(1);
	});
});

describe('folders', () => {
	test('are added by path where there is no native picker', async () => {
		const { user } = renderWithStores(ModelsView, { backend });
		await user.click(screen.getByRole('button', { name: 'Add folder' }));
		const dialog = await screen.findByRole('dialog', { name: 'Add a folder of models' });
		const field = within(dialog).getByRole('textbox', { name: 'Path of the folder' });
		expect(field).toHaveFocus();

		await user.keyboard('{Enter}');
		expect(field).toHaveAccessibleDescription('Give the path of a folder.');
		await user.keyboard('/home/ana/gguf{Enter}');

		expect(backend.callsOf('add_model_folder')).toEqual([{ path: '/home/ana/gguf' }]);
		await expect.poll(() => screen.queryByRole('dialog')).toBeNull();
	});

	test('that cannot be used are told under the field', async () => {
		backend.answer('add_model_folder', () => {
			throw new BackendError('folder_unusable', 'There is no folder /nope.');
		});
		const { user } = renderWithStores(ModelsView, { backend });
		await user.click(screen.getByRole('button', { name: 'Add folder' }));
		await screen.findByRole('dialog');
		await user.keyboard('/nope{Enter}');
		expect(await screen.findByRole('alert')).toHaveTextContent('There is no folder /nope.');
	});

	test('are picked natively in a window', async () => {
		backend.answer('pick_folder', () => '/picked');
		const { user } = renderWithStores(ModelsView, { backend });
		await user.click(screen.getByRole('button', { name: 'Add folder' }));
		await expect.poll(() => backend.callsOf('add_model_folder')).toEqual([{ path: '/picked' }]);
		expect(screen.queryByRole('dialog')).toBeNull();
	});

	test('are removed from the list, which can be taken back', async () => {
		const { stores, user } = renderWithStores(ModelsView, { backend });
		await user.click(screen.getByRole('button', { name: 'Remove /usb from the list' }));
		expect(backend.callsOf('remove_model_folder')).toEqual([{ path: '/usb' }]);
		stores.toasts.current?.undo?.();
		expect(backend.callsOf('add_model_folder')).toEqual([{ path: '/usb' }]);
	});

	test('that are being searched say so', () => {
		backend.setSnapshot('models', { ...LIBRARY, scanning: true, others: [], read_count: 0 });
		renderWithStores(ModelsView, { backend });
		expect(screen.getByRole('status')).toHaveTextContent('Looking for models');
	});
});
