import type { Backend } from '../backend/backend';
import { asBackendError } from '../backend/errors';
import type { ImportState } from '../backend/protocol';
import { toBase64 } from '../files/bytes';
import { words } from '../words/en';

/** What fits into one request, as base64. */
const MOST_BYTES = 11 * 1024 * 1024;

/** Owns what the page knows of the import under way, and begins one. */
export class ImportsStore {
	/** `null`: not told yet. */
	state = $state.raw<ImportState | null>(null);
	/** Why the last try could not begin. */
	problem = $state<string | null>(null);

	readonly #backend: Backend;

	constructor(backend: Backend) {
		this.#backend = backend;
		backend.listen('imports', (state) => {
			this.state = state;
		});
	}

	/** By the native dialog. Whether an import has begun. */
	async pick(): Promise<boolean> {
		return await this.#try(async () => await this.#backend.invoke('pick_import', {}));
	}

	/** A file that the page was given. Whether an import has begun. */
	async take(file: File): Promise<boolean> {
		if (file.size > MOST_BYTES) {
			this.problem = words.imports.tooLarge(file.name);
			return false;
		}
		return await this.#try(async () => {
			const data = await toBase64(file);
			await this.#backend.invoke('import_conversations', { name: file.name, data });
			return true;
		});
	}

	async #try(begin: () => Promise<boolean>): Promise<boolean> {
		this.problem = null;
		try {
			return await begin();
		} catch (caught) {
			this.problem = asBackendError(caught).message;
			return false;
		}
	}
}
