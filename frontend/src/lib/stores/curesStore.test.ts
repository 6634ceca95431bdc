import { beforeEach, describe, expect, test } from 'vitest';

import { aConfig } from '../../testing/values';
import { FakeBackend } from '../backend/fake';
import { fakeRunning } from '../backend/fakeValues';
import type { FailureAction } from '../backend/protocol';
import { CuresStore } from './curesStore.svelte';
import { DownloadsStore } from './downloadsStore.svelte';
import { NavigationStore } from './navigationStore.svelte';
import { ServerStore } from './serverStore.svelte';
import { SettingsStore } from './settingsStore.svelte';

const CONFIG = aConfig({ context_size: 32_768, gpu_layers: 41, mmproj_path: '/m/eyes.gguf' });

let backend: FakeBackend;
let navigation: NavigationStore;
let cures: CuresStore;
let downloads: DownloadsStore;

beforeEach(() => {
	backend = new FakeBackend().answer('start_llama_server', () => fakeRunning);
	navigation = new NavigationStore();
	cures = new CuresStore(
		backend,
		new ServerStore(backend),
		new SettingsStore(backend),
		navigation,
		(downloads = new DownloadsStore(backend))
	);
});

describe('an action that loads', () => {
	test.each<[FailureAction, object]>([
		[{ type: 'load_again' }, CONFIG],
		[
			{ type: 'load_with_layers', gpu_layers: 21, layers: 41 },
			{ ...CONFIG, gpu_layers: 21 }
		],
		[
			{ type: 'load_with_experts_in_ram', expert_layers_in_ram: 30, layers: 40 },
			{ ...CONFIG, gpu_layers: null, expert_layers_in_ram: 30 }
		],
		[
			{ type: 'load_with_context', context_size: 8192, instead_of: 32_768 },
			{ ...CONFIG, context_size: 8192 }
		],
		[{ type: 'load_without_vision' }, { ...CONFIG, mmproj_path: null }],
		[{ type: 'use_built_in_engine' }, { ...CONFIG, built_in_engine: true }],
		[
			{
				type: 'load_other',
				model_path: '/m/small.gguf',
				name: 'Small',
				size_bytes: 1,
				needed_bytes: 2
			},
			{ model_path: '/m/small.gguf' }
		]
	])('%j starts with that change and no other', async (action, config) => {
		await cures.carryOut(action, CONFIG);
		expect(backend.callsOf('start_llama_server')).toMatchObject([{ config }]);
	});
});

describe('an action that loads nothing', () => {
	test('goes to the models', async () => {
		await cures.carryOut({ type: 'choose_model' }, CONFIG);
		expect(navigation.view).toBe('models');
	});

	test('opens the search for a good copy, with the name written already', async () => {
		await cures.carryOut({ type: 'find_model', query: 'Gemma 3' }, CONFIG);
		expect(downloads.isFinderOpen).toBe(true);
		expect([downloads.takeWanted(), downloads.takeWanted()]).toEqual(['Gemma 3', '']);
	});

	test('opens the doctor', async () => {
		await cures.carryOut({ type: 'open_doctor' }, CONFIG);
		expect(navigation.dialog).toBe('doctor');
	});

	test('cancels a load', async () => {
		backend.answer('stop_llama_server', () => null);
		await cures.carryOut({ type: 'cancel_loading' }, CONFIG);
		expect(backend.callsOf('stop_llama_server')).toHaveLength(1);
	});

	test('keeps a chosen engine and loads with it; taken back, nothing happens', async () => {
		let path: string | null = null;
		backend.answer('pick_llama_server', () => path).answer('update_settings', () => null as never);
		await cures.carryOut({ type: 'choose_engine' }, CONFIG);
		expect(backend.callsOf('start_llama_server')).toEqual([]);

		path = '/opt/llama-server';
		await cures.carryOut({ type: 'choose_engine' }, CONFIG);
		expect(backend.callsOf('update_settings')).toEqual([{ llama_server_path: path }]);
		expect(backend.callsOf('start_llama_server')).toMatchObject([{ config: CONFIG }]);
	});
});

test('a program can be chosen only where there are native dialogs', () => {
	expect(cures.can({ type: 'choose_engine' })).toBe(false);
	expect(cures.can({ type: 'load_again' })).toBe(true);
});
