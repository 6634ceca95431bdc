import { untrack } from 'svelte';

import type { Backend } from '../backend/backend';
import type { LogEvent, LogLine } from '../backend/protocol';
import { onNextFrame } from '../frames';

const KEPT = 5_000;

/** Owns the lines that llama-server printed, as far as they are still in the ring. */
export class LogStore {
	/** Oldest first. */
	lines = $state.raw<LogLine[]>([]);

	#backend: Backend;
	/** What came since the last frame: a thousand lines a second are still sixty pictures. */
	#fresh: LogLine[] = [];

	constructor(backend: Backend) {
		this.#backend = backend;
	}

	#take(event: LogEvent): void {
		switch (event.type) {
			case 'snapshot':
				this.#fresh = [];
				this.lines = event.lines.slice(-KEPT);
				return;
			case 'appended':
				if (this.#fresh.length === 0) {
					onNextFrame(() => this.#show());
				}
				this.#fresh.push(...event.lines);
				return;
			default:
				event satisfies never;
		}
	}

	#show(): void {
		this.lines = [...this.lines, ...this.#fresh].slice(-KEPT);
		this.#fresh = [];
	}

	/** Called by whoever shows the log, for as long as it is shown. */
	listen(): () => void {
		// Whoever shows this listens in an effect, which must not run again for what it hears.
		return untrack(() =>
			this.#backend.listen('log', (event) => {
				this.#take(event);
			})
		);
	}
}
