import type { Backend } from '../backend/backend';
import type { Restored, Snapshot } from '../backend/protocol';

/** Owns what the page knows of the snapshots. */
export class SnapshotsStore {
	/** Newest first; `null`: not asked yet. */
	list = $state.raw<readonly Snapshot[] | null>(null);

	readonly #backend: Backend;

	constructor(backend: Backend) {
		this.#backend = backend;
	}

	/** Asks which there are: the app makes some by itself. */
	async refresh(): Promise<void> {
		this.list = await this.#backend.invoke('list_snapshots', {});
	}

	async make(): Promise<Snapshot> {
		const made = await this.#backend.invoke('make_snapshot', {});
		await this.refresh();
		return made;
	}

	/** How everything is now becomes a snapshot first. */
	async restore(id: string): Promise<Restored> {
		const restored = await this.#backend.invoke('restore_snapshot', { snapshot_id: id });
		await this.refresh();
		return restored;
	}
}
