import type { Backend } from '../backend/backend';
import { asBackendError } from '../backend/errors';
import type { ModelFile, ModelFolder } from '../backend/protocol';
import type { ToastsStore } from './toastsStore.svelte';

/** Owns what became of model files and folders that were dropped on the window. */
export class DroppedModels {
	/** In the library now, and offered to be loaded. */
	added = $state.raw<ModelFile | null>(null);
	/** Searched for models now. */
	folder = $state.raw<ModelFolder | null>(null);
	/** The name of a file whose path only the person knows: the page is in a browser. */
	withoutPath = $state<string | null>(null);

	#backend: Backend;
	#toasts: ToastsStore;

	constructor(backend: Backend, toasts: ToastsStore) {
		this.#backend = backend;
		this.#toasts = toasts;
	}

	/** Adds what was dropped; `name` is what the page may know of it. */
	async take(name: string): Promise<void> {
		try {
			for (const path of await this.#backend.invoke('take_dropped_paths', {})) {
				await this.add(path);
			}
		} catch (caught) {
			const error = asBackendError(caught);
			if (error.code === 'no_window') {
				this.withoutPath = name;
			} else {
				this.#toasts.show(error.message, { kind: 'failed' });
			}
		}
	}

	/** Adds a file or a folder by its path; answers why it could not be added. */
	async add(path: string): Promise<string | null> {
		try {
			const library = await this.#backend.invoke('add_model_folder', { path });
			this.added = library.models.find((model) => model.path === path) ?? null;
			const folder = path.replace(/(?<=.)[\\/]+$/, '');
			this.folder = library.folders.find((one) => one.path === folder) ?? null;
			this.withoutPath = null;
			return null;
		} catch (caught) {
			const { message } = asBackendError(caught);
			this.#toasts.show(message, { kind: 'failed' });
			return message;
		}
	}

	close(): void {
		this.added = null;
		this.folder = null;
		this.withoutPath = null;
	}
}
