import { untrack } from 'svelte';

import type { Backend } from '../backend/backend';
import type { MetricsEvent, MetricsSample } from '../backend/protocol';

const KEPT = 60;

/** Owns the last two minutes of telemetry. Nothing is sampled while nobody listens. */
export class TelemetryStore {
	/** Oldest first. */
	samples = $state.raw<MetricsSample[]>([]);
	/** Whether a sensor does not answer: then nothing new can be shown. */
	isStalled = $state(false);
	latest = $derived(this.samples.at(-1) ?? null);

	#backend: Backend;

	constructor(backend: Backend) {
		this.#backend = backend;
	}

	/** Called by whoever shows figures, for as long as they are shown. */
	listen(): () => void {
		// Whoever shows this listens in an effect, which must not run again for what it hears.
		return untrack(() =>
			this.#backend.listen('metrics', (event) => {
				this.isStalled = event.type === 'stalled';
				this.samples = reduce(this.samples, event).slice(-KEPT);
			})
		);
	}
}

function reduce(samples: MetricsSample[], event: MetricsEvent): MetricsSample[] {
	switch (event.type) {
		case 'snapshot':
			return event.samples;
		case 'sampled':
			return [...samples, event.sample];
		case 'stalled':
			return samples;
		default:
			return event satisfies never;
	}
}
