import type { Backend } from '../backend/backend';
import { asBackendError } from '../backend/errors';
import type { Commands } from '../backend/protocol';

type Draft = Commands['read_ahead']['args'];

const PAUSE_MS = 500;
const NOTHING: Draft = { conversation_id: null, content: '' };

/** Has the model read the question that is being written, once the keys rest. */
export class ReadAhead {
	readonly #backend: Backend;
	/** What was asked to be read last, as JSON. */
	#asked = '';
	#timer: ReturnType<typeof setTimeout> | undefined;

	constructor(backend: Backend) {
		this.#backend = backend;
	}

	/** `null`: there is nothing to read any more. */
	follow(draft: Draft | null): void {
		clearTimeout(this.#timer);
		if (draft !== null || this.#asked !== '') {
			this.#timer = setTimeout(() => void this.#read(draft ?? NOTHING), PAUSE_MS);
		}
	}

	/** An answer has begun, which ended what was being read. */
	forget(): void {
		clearTimeout(this.#timer);
		this.#asked = '';
	}

	async #read(draft: Draft): Promise<void> {
		const asked = JSON.stringify(draft);
		if (asked === this.#asked) {
			return;
		}
		this.#asked = draft === NOTHING ? '' : asked;
		try {
			await this.#backend.invoke('read_ahead', draft);
		} catch (caught) {
			// What is not read now is read when it is sent; what is wrong is told then.
			asBackendError(caught);
		}
	}
}
