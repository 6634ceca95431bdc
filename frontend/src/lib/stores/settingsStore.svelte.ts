import type { Backend } from '../backend/backend';
import type { Keyboard } from '../shortcuts';
import type {
	AppInfo,
	Commands,
	Engine,
	LoadPresetInput,
	PresetInput,
	SendKey,
	Settings
} from '../backend/protocol';

/** A setting that the person changes. */
export type SettingName = keyof Commands['update_settings']['args'];

/** Owns the page's copy of the settings, and what the page knows about the app it is in. */
export class SettingsStore {
	/** `null` until the first settings have arrived. */
	settings = $state.raw<Settings | null>(null);
	/** The same as they are before anybody changes one; `null` until the app has told. */
	defaults = $state.raw<Settings | null>(null);
	/** `null` until the app has told. */
	app = $state.raw<AppInfo | null>(null);

	/** Whether native dialogs are there, and the webview's own menu and keys are ours to replace. */
	hasWindow = $derived(this.app?.has_window ?? false);
	isMac = $derived(this.app?.platform === 'darwin');
	sendWith = $derived<SendKey>(this.settings?.send_with ?? 'enter');
	/** The keys as the person has set them. */
	keyboard = $derived<Keyboard>({ isMac: this.isMac, own: this.settings?.shortcuts ?? {} });

	#backend: Backend;

	constructor(backend: Backend) {
		this.#backend = backend;
		backend.listen('settings', (settings) => {
			this.settings = settings;
		});
	}

	async readAppInfo(): Promise<void> {
		this.app = await this.#backend.invoke('get_app_info', {});
	}

	async update(change: Commands['update_settings']['args']): Promise<void> {
		await this.#backend.invoke('update_settings', change);
	}

	/** Asks once for what a reset goes back to. */
	async readDefaults(): Promise<void> {
		this.defaults ??= await this.#backend.invoke('get_default_settings', {});
	}

	/** Whether a setting is not as it came. */
	isChanged(name: SettingName): boolean {
		return (
			this.settings !== null &&
			this.defaults !== null &&
			JSON.stringify(this.settings[name]) !== JSON.stringify(this.defaults[name])
		);
	}

	async reset(name: SettingName): Promise<void> {
		await this.#backend.invoke('reset_setting', { name });
	}

	/** Shows the folder of all that is kept in the system's file manager. */
	async openDataFolder(): Promise<void> {
		await this.#backend.invoke('open_data_folder', {});
	}

	/** The llama-server that the next load uses. */
	async findEngine(): Promise<Engine> {
		return await this.#backend.invoke('get_engine', {});
	}

	/** Asks for a program by the native dialog; `null`: the person cancelled. */
	async pickEngine(): Promise<string | null> {
		return await this.#backend.invoke('pick_llama_server', {});
	}

	/** Keeps chat settings under a name; one with the same id is replaced. */
	async savePreset(preset: PresetInput): Promise<void> {
		await this.#backend.invoke('save_preset', { preset });
	}

	async deletePreset(id: string): Promise<void> {
		await this.#backend.invoke('delete_preset', { preset_id: id });
	}

	/** Keeps load options under a name; one with the same id is replaced. */
	async saveLoadPreset(preset: LoadPresetInput): Promise<void> {
		await this.#backend.invoke('save_load_preset', { preset });
	}

	async deleteLoadPreset(id: string): Promise<void> {
		await this.#backend.invoke('delete_load_preset', { preset_id: id });
	}
}
