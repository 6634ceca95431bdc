import type { Backend } from '../backend/backend';
import { asBackendError, type BackendError } from '../backend/errors';
import type { ModelCache, ModelFile, ModelLibrary } from '../backend/protocol';

const EMPTY: ModelLibrary = {
	folders: [],
	models: [],
	scanning: false,
	others: [],
	read_count: 0
};

/** Owns the page's copy of the model library: folders and the models in them. */
export class ModelsStore {
	library = $state.raw<ModelLibrary>(EMPTY);
	/** Whether the first library has arrived. */
	isKnown = $state(false);

	models = $derived(this.library.models);
	folders = $derived(this.library.folders);
	totalBytes = $derived(this.models.reduce((sum, model) => sum + model.size_bytes, 0));

	#backend: Backend;

	constructor(backend: Backend) {
		this.#backend = backend;
		backend.listen('models', (library) => {
			this.library = library;
			this.isKnown = true;
		});
	}

	find(path: string): ModelFile | null {
		return this.models.find((model) => model.path === path) ?? null;
	}

	/** What a model is called, also one that is in no folder (any more). */
	nameOf(path: string): string {
		const file = path.split(/[\\/]/).at(-1) ?? path;
		return this.find(path)?.name ?? file.replace(/\.gguf$/i, '');
	}

	/** The models whose name, quantisation or path holds every word of the filter. */
	search(filter: string): ModelFile[] {
		const wanted = filter.toLowerCase().split(/\s+/).filter(Boolean);
		return this.models.filter((model) => {
			const text = `${model.name} ${model.quantization ?? ''} ${model.path}`.toLowerCase();
			return wanted.every((word) => text.includes(word));
		});
	}

	/** Adds a folder; answers why it could not be added. */
	async addFolder(path: string): Promise<BackendError | null> {
		return await this.#try(() => this.#backend.invoke('add_model_folder', { path }));
	}

	async removeFolder(path: string): Promise<BackendError | null> {
		return await this.#try(() => this.#backend.invoke('remove_model_folder', { path }));
	}

	/**
	 * Moves a model's files to the system's trash, or deletes them for good; answers their bytes.
	 * Throws why it cannot.
	 */
	async delete(path: string, isForGood: boolean): Promise<number> {
		return await this.#backend.invoke('delete_model', {
			path,
			...(isForGood && { for_good: true })
		});
	}

	async rescan(): Promise<BackendError | null> {
		return await this.#try(() => this.#backend.invoke('rescan_models', {}));
	}

	/** Other programs' models on this machine, those that are added already left out. */
	async findCaches(): Promise<ModelCache[]> {
		const caches = await this.#backend.invoke('find_model_caches', {});
		return caches.filter(({ is_added }) => !is_added);
	}

	/** Asks for a folder with the native picker; `null`: none chosen. Throws `no_window` in a tab. */
	async pickFolder(): Promise<string | null> {
		return await this.#backend.invoke('pick_folder', {});
	}

	async #try(ask: () => Promise<unknown>): Promise<BackendError | null> {
		try {
			await ask();
			return null;
		} catch (caught) {
			return asBackendError(caught);
		}
	}
}
