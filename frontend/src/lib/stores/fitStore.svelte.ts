import type { Backend } from '../backend/backend';
import { asBackendError, type BackendError } from '../backend/errors';
import type {
	LibraryFit,
	MemoryEstimate,
	ModelRecord,
	ServerConfig,
	ServerConfigInput
} from '../backend/protocol';

/** Owns the page's copy of what fits, and of what is kept of each model beside its file. */
export class FitStore {
	library = $state.raw<LibraryFit | null>(null);
	records = $state.raw<readonly ModelRecord[]>([]);

	#estimates: Partial<Record<string, MemoryEstimate>> = $derived(
		Object.fromEntries((this.library?.estimates ?? []).map((one) => [one.path, one]))
	);
	#records: Partial<Record<string, ModelRecord>> = $derived(
		Object.fromEntries(this.records.map((record) => [record.path, record]))
	);
	/** Whether the engine can keep experts in RAM, and uses a GPU with memory of its own. */
	readonly canSpreadExperts = $derived(
		this.library?.keeps_experts === true && this.library.machine.gpus.some((gpu) => !gpu.shares_ram)
	);
	#backend: Backend;
	#asked = 0;

	constructor(backend: Backend) {
		this.#backend = backend;
		backend.listen('model_records', ({ records }) => {
			this.records = records;
		});
	}

	of(path: string): MemoryEstimate | null {
		return this.#estimates[path] ?? null;
	}

	record(path: string): ModelRecord | null {
		return this.#records[path] ?? null;
	}

	configOf(path: string): ServerConfig | null {
		return this.record(path)?.config ?? null;
	}

	/** Asks anew; of answers that overtake each other the last question's counts. */
	async refresh(): Promise<void> {
		const asked = (this.#asked += 1);
		try {
			const library = await this.#backend.invoke('estimate_library', {});
			if (asked === this.#asked) {
				this.library = library;
			}
		} catch {
			// The models are listed without it; every meter then says that it is not known.
		}
	}

	/** What loading like this would take; `null`: it cannot be asked now. */
	async estimate(config: ServerConfigInput): Promise<MemoryEstimate | null> {
		try {
			return await this.#backend.invoke('estimate_fit', { config });
		} catch {
			return null;
		}
	}

	async setFavourite(path: string, isFavourite: boolean): Promise<BackendError | null> {
		return await this.#try(() =>
			this.#backend.invoke('set_model_favourite', { path, is_favourite: isFavourite })
		);
	}

	async remember(path: string, config: ServerConfigInput | null): Promise<BackendError | null> {
		return await this.#try(() => this.#backend.invoke('remember_model_config', { path, config }));
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
