import type { Backend } from '../backend/backend';
import type { FirstRun } from '../backend/protocol';
import type { ConversationsStore } from './conversationsStore.svelte';
import type { ModelsStore } from './modelsStore.svelte';
import type { SettingsStore } from './settingsStore.svelte';

/** Owns whether the first page is shown: to who has no model, no folder and no chat, until they go on. */
export class FirstRunStore {
	/** Once it is there it stays, also when the first model arrives, until the person goes on. */
	#isShown = $state(false);
	#hasLeft = $state(false);

	#backend: Backend;
	#models: ModelsStore;
	#conversations: ConversationsStore;
	#settings: SettingsStore;

	constructor(
		backend: Backend,
		models: ModelsStore,
		conversations: ConversationsStore,
		settings: SettingsStore
	) {
		this.#backend = backend;
		this.#models = models;
		this.#conversations = conversations;
		this.#settings = settings;
	}

	get isShown(): boolean {
		return this.#isShown && !this.#hasLeft;
	}

	/** Decides once everything that it hangs on is known. */
	decide(): void {
		const { settings } = this.#settings;
		if (settings === null || !this.#models.isKnown || !this.#conversations.isKnown) {
			return;
		}
		const isNew =
			!settings.first_run_left &&
			settings.last_config === null &&
			!this.#models.library.scanning &&
			this.#models.models.length === 0 &&
			this.#models.folders.length === 0 &&
			this.#conversations.list.length === 0;
		if (isNew) {
			this.#isShown = true;
		}
	}

	/** What the machine has and what suits it. Throws `BackendError`. */
	async look(): Promise<FirstRun> {
		return await this.#backend.invoke('get_first_run', {});
	}

	/** The person goes on; the page does not come back. */
	async leave(): Promise<void> {
		this.#hasLeft = true;
		await this.#settings.update({ first_run_left: true });
	}
}
