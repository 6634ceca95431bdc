import type { Backend, ConnectionState } from '../backend/backend';
import { asBackendError } from '../backend/errors';
import type { Notice } from '../backend/protocol';

/** Owns what the whole app must tell: notices from Python, and how the connection stands. */
export class NoticesStore {
	notices = $state.raw<Notice[]>([]);
	connection = $state<ConnectionState>('connecting');

	/** Whether there is nothing to tell. */
	isQuiet = $derived(
		this.notices.length === 0 && (this.connection === 'open' || this.connection === 'connecting')
	);

	#backend: Backend;

	constructor(backend: Backend) {
		this.#backend = backend;
		backend.listen('notices', ({ notices }) => {
			this.notices = notices;
		});
		backend.watchConnection((state) => {
			this.connection = state;
		});
	}

	/** Tries to write what is held in memory; that it still fails is told by its notice. */
	async retrySaving(): Promise<void> {
		try {
			await this.#backend.invoke('retry_saving', {});
		} catch (caught) {
			if (asBackendError(caught).code !== 'storage_failed') {
				throw caught;
			}
		}
	}

	async dismiss(id: string): Promise<void> {
		await this.#backend.invoke('dismiss_notice', { notice_id: id });
	}
}
