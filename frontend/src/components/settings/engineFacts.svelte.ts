import { asBackendError } from '../../lib/backend/errors';
import type { Engine } from '../../lib/backend/protocol';
import type { SettingsStore } from '../../lib/stores/settingsStore.svelte';
import { settingsWords } from '../../lib/words/en.settings';

/** Owns what is known of the program that the next load uses. */
export class EngineFacts {
	/** Why there is none that can be used. */
	error = $state<string | null>(null);
	#engine = $state.raw<Engine | null>(null);
	words = $derived(
		this.#engine === null
			? settingsWords.engine.rows.llama_server_path.hint
			: settingsWords.engine.used(this.#engine)
	);

	version = $derived(this.#engine?.version ?? null);

	readonly #settings: SettingsStore;
	#asked = 0;

	constructor(settings: SettingsStore) {
		this.#settings = settings;
	}

	/** Asks the app, which looks at the programs themselves. */
	async read(): Promise<void> {
		const asked = ++this.#asked;
		let engine: Engine | null = null;
		let error: string | null = null;
		try {
			engine = await this.#settings.findEngine();
		} catch (caught) {
			({ message: error } = asBackendError(caught));
		}
		if (asked === this.#asked) {
			this.#engine = engine;
			this.error = error;
		}
	}
}
