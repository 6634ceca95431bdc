import { asBackendError, type BackendError } from '../../lib/backend/errors';
import type { HubFit, HubModel, HubRepo } from '../../lib/backend/protocol';
import type { DownloadsStore } from '../../lib/stores/downloadsStore.svelte';

/** Which models and files are listed. */
export type Scope = 'fitting' | 'everything';

/** Owns one search on the Hub and the repository that is looked at. Asks only when it is told to. */
export class Finder {
	query = $state('');
	/** What was searched for; `null`: nothing yet. */
	searched = $state<string | null>(null);
	models = $state.raw<readonly HubModel[]>([]);
	scope = $state<Scope>('fitting');
	/** Those of the scope; what is not known to be too large may fit. */
	shown = $derived(
		this.scope === 'everything'
			? this.models
			: this.models.filter(({ may_fit }) => may_fit !== false)
	);
	isSearching = $state(false);
	searchProblem = $state.raw<BackendError | null>(null);

	chosen = $state<string | null>(null);
	repo = $state.raw<HubRepo | null>(null);
	/** Whether its models fit; `null`: not known (yet). */
	fit = $state.raw<HubFit | null>(null);
	isLooking = $state(false);
	lookProblem = $state.raw<BackendError | null>(null);

	#downloads: DownloadsStore;
	#search = new AbortController();
	#look = new AbortController();

	constructor(downloads: DownloadsStore) {
		this.#downloads = downloads;
		this.query = downloads.takeWanted();
	}

	/** Whether what is written is the address of a file, not something to search for. */
	get isFileAddress(): boolean {
		return /^https?:\/\/\S+\.gguf(\?\S*)?$/i.test(this.query.trim());
	}

	async search(): Promise<void> {
		const query = this.query.trim();
		if (query === '') {
			return;
		}
		this.#search.abort();
		const { signal } = (this.#search = new AbortController());
		this.isSearching = true;
		this.searchProblem = null;
		try {
			const models = await this.#downloads.search(query, signal);
			if (!signal.aborted) {
				this.models = models;
				this.searched = query;
				this.#forgetRepo();
			}
		} catch (caught) {
			if (!signal.aborted) {
				this.searchProblem = asBackendError(caught);
			}
		} finally {
			if (!signal.aborted) {
				this.isSearching = false;
			}
		}
	}

	/** Looks at what a repository offers. */
	async choose(repo: string): Promise<void> {
		this.#forgetRepo();
		const { signal } = this.#look;
		this.chosen = repo;
		this.isLooking = true;
		try {
			const found = await this.#downloads.look(repo, signal);
			if (!signal.aborted) {
				this.repo = found;
				void this.#estimate(found.repo, signal);
			}
		} catch (caught) {
			if (!signal.aborted) {
				this.lookProblem = asBackendError(caught);
			}
		} finally {
			if (!signal.aborted) {
				this.isLooking = false;
			}
		}
	}

	/** Back to the list, where there is room for one of the two only. */
	leave(): void {
		this.#forgetRepo();
	}

	/** Nobody wants the answers any more. */
	close(): void {
		this.#search.abort();
		this.#look.abort();
	}

	/** Comes after the list, and may stay away: then nothing is said of it. */
	async #estimate(repo: string, signal: AbortSignal): Promise<void> {
		try {
			const fit = await this.#downloads.estimate(repo, signal);
			if (!signal.aborted) {
				this.fit = fit;
			}
		} catch (caught) {
			asBackendError(caught);
		}
	}

	#forgetRepo(): void {
		this.#look.abort();
		this.#look = new AbortController();
		this.chosen = null;
		this.repo = null;
		this.fit = null;
		this.lookProblem = null;
		this.isLooking = false;
	}
}
