import { untrack } from 'svelte';

import type { Backend } from '../backend/backend';
import type { LogEvent, LogLine } from '../backend/protocol';

const KEPT = 5_000;

/** Owns the lines that llama-server printed, as far as they are still in the ring. */
export class LogStore {
	/** Oldest first. */
	lines = $state.raw<LogLine[]>([]);

	#backend: Backend;

	constructor(backend: Backend) {
		this.#backend = backend;
	}

	/** Called by whoever shows the log, for as long as it is shown. */
	listen(): () => void {
		// Whoever shows this listens in an effect, which must not run again for what it hears.
		return untrack(() =>
			this.#backend.listen('log', (event) => {
				this.lines = reduce(this.lines, event).slice(-KEPT);
			})
		);
	}
}

function reduce(lines: LogLine[], event: LogEvent): LogLine[] {
	switch (event.type) {
		case 'snapshot':
			return event.lines;
		case 'appended':
			return [...lines, ...event.lines];
		default:
			return event satisfies never;
	}
}
