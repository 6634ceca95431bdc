import type { Backend } from '../backend/backend';
import { asBackendError, type BackendError } from '../backend/errors';
import type {
	Download,
	DownloadRoom,
	Downloads,
	HubAccess,
	HubFit,
	HubModel,
	HubRepo,
	ModelRoom
} from '../backend/protocol';

/** What takes room that a download lacks. */
export type RoomToMake = ModelRoom | DownloadRoom;

const EMPTY: Downloads = { downloads: [], folder: '', free_bytes: null };

/** Owns the page's copy of the downloads, and asks for what the Hub offers. */
export class DownloadsStore {
	all = $state.raw<Downloads>(EMPTY);
	/** Whether the first list has arrived. */
	isKnown = $state(false);
	/** Whether the finder lies over the page. */
	isFinderOpen = $state(false);
	/** What the finder is to be opened with. */
	#wanted = '';

	list = $derived(this.all.downloads);
	/** Those that fetch or check. */
	running = $derived(this.list.filter(isRunning));
	hasNoRoom = $derived(this.list.some(({ state }) => state.type === 'no_room'));
	/** From 0 to 1 over all that run; `null`: none does. */
	share = $derived(shareOf(this.running));

	/** Opens the finder with these words; they are searched for when the person says so. */
	find(words: string): void {
		this.#wanted = words;
		this.isFinderOpen = true;
	}

	/** The words it was opened with, once. */
	takeWanted(): string {
		const words = this.#wanted;
		this.#wanted = '';
		return words;
	}

	#backend: Backend;

	constructor(backend: Backend) {
		this.#backend = backend;
		backend.listen('downloads', (all) => {
			this.all = all;
			this.isKnown = true;
		});
	}

	/** Has the app look how much room there is now. */
	async refresh(): Promise<void> {
		await this.#try(() => this.#backend.invoke('get_downloads', {}));
	}

	async pause(id: string): Promise<BackendError | null> {
		return await this.#try(() => this.#backend.invoke('pause_download', { download_id: id }));
	}

	async resume(id: string): Promise<BackendError | null> {
		return await this.#try(() => this.#backend.invoke('resume_download', { download_id: id }));
	}

	/** Takes a download off the list and deletes its parts; a finished model stays. */
	async cancel(id: string): Promise<BackendError | null> {
		return await this.#try(() => this.#backend.invoke('cancel_download', { download_id: id }));
	}

	/** Bytes a second over all downloads; `null`: as fast as it goes. */
	async limit(bytes: number | null): Promise<BackendError | null> {
		return await this.#try(() =>
			this.#backend.invoke('update_settings', { download_limit_bytes: bytes })
		);
	}

	// What follows throws `BackendError`: who asks shows where it failed.

	/** What could be deleted so that a download that lacks room goes on; largest first. */
	async findRoom(): Promise<RoomToMake[]> {
		return await this.#backend.invoke('find_room', {});
	}

	async search(query: string, signal: AbortSignal): Promise<HubModel[]> {
		return await this.#backend.invoke('search_hub', { query }, signal);
	}

	async look(repo: string, signal: AbortSignal): Promise<HubRepo> {
		return await this.#backend.invoke('get_hub_model', { repo }, signal);
	}

	/** Of each model of a repository whether it fits; reads the head of one of its files. */
	async estimate(repo: string, signal: AbortSignal): Promise<HubFit> {
		return await this.#backend.invoke('estimate_hub_model', { repo }, signal);
	}

	async start(repo: string, quantization: string, withProjector: boolean): Promise<Download> {
		return await this.#backend.invoke('start_download', {
			repo,
			quantization,
			with_projector: withProjector
		});
	}

	async startUrl(url: string): Promise<Download> {
		return await this.#backend.invoke('start_url_download', { url });
	}

	async access(): Promise<HubAccess> {
		return await this.#backend.invoke('get_hub_access', {});
	}

	async saveToken(token: string): Promise<HubAccess> {
		return await this.#backend.invoke('save_hub_token', { token });
	}

	async deleteToken(): Promise<HubAccess> {
		return await this.#backend.invoke('delete_hub_token', {});
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

function isRunning({ state }: Download): boolean {
	return state.type === 'fetching' || state.type === 'checking';
}

function shareOf(downloads: readonly Download[]): number | null {
	const total = downloads.reduce((sum, one) => sum + one.size_bytes, 0);
	return total === 0 ? null : downloads.reduce((sum, one) => sum + one.done_bytes, 0) / total;
}
