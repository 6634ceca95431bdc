import type { Backend } from '../backend/backend';
import type { FailureAction, ServerConfig, ServerConfigInput } from '../backend/protocol';
import type { DownloadsStore } from './downloadsStore.svelte';
import type { NavigationStore } from './navigationStore.svelte';
import type { ServerStore } from './serverStore.svelte';
import type { SettingsStore } from './settingsStore.svelte';

/** Carries out what a failure's actions offer. Owns nothing. */
export class CuresStore {
	#backend: Backend;
	#server: ServerStore;
	#settings: SettingsStore;
	#navigation: NavigationStore;
	#downloads: DownloadsStore;

	constructor(
		backend: Backend,
		server: ServerStore,
		settings: SettingsStore,
		navigation: NavigationStore,
		downloads: DownloadsStore
	) {
		this.#backend = backend;
		this.#server = server;
		this.#settings = settings;
		this.#navigation = navigation;
		this.#downloads = downloads;
	}

	/** Whether it can be done here; a program is chosen by a native dialog. */
	can(action: FailureAction): boolean {
		return action.type !== 'choose_engine' || this.#settings.hasWindow;
	}

	/** Does it, for the model that failed with this config. */
	async carryOut(action: FailureAction, config: ServerConfig): Promise<void> {
		const changed = changeConfig(action, config);
		if (changed !== null) {
			await this.#server.start(changed);
			return;
		}
		switch (action.type) {
			case 'choose_model':
				this.#navigation.show('models');
				return;
			case 'find_model':
				this.#navigation.show('models');
				this.#downloads.find(action.query);
				return;
			case 'choose_engine':
				await this.#chooseEngine(config);
				return;
			case 'open_doctor':
				this.#navigation.dialog = 'doctor';
				return;
			case 'cancel_loading':
				await this.#server.stop();
		}
	}

	async #chooseEngine(config: ServerConfig): Promise<void> {
		const path = await this.#backend.invoke('pick_llama_server', {});
		if (path !== null) {
			await this.#settings.update({ llama_server_path: path });
			await this.#server.start({ ...config, built_in_engine: false });
		}
	}
}

/** The config with which the model is to be loaded now; `null`: the action loads nothing. */
export function changeConfig(
	action: FailureAction,
	config: ServerConfig
): ServerConfigInput | null {
	switch (action.type) {
		case 'load_again':
			return config;
		case 'load_with_layers':
			return { ...config, gpu_layers: action.gpu_layers };
		case 'load_with_experts_in_ram':
			return {
				...config,
				gpu_layers: null,
				expert_layers_in_ram: action.expert_layers_in_ram
			};
		case 'load_with_context':
			return { ...config, context_size: action.context_size };
		case 'load_without_vision':
			return { ...config, mmproj_path: null };
		case 'load_other':
			return { model_path: action.model_path };
		case 'use_built_in_engine':
			return { ...config, built_in_engine: true };
		default:
			return null;
	}
}
