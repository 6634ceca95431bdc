import { createSubscriber } from 'svelte/reactivity';

/** The time of day for what says how long something has lasted; ticks only while it is read. */
export class Clock {
	#subscribe: () => void;

	constructor(stepSeconds = 1) {
		this.#subscribe = createSubscriber((update) => {
			const timer = setInterval(update, stepSeconds * 1000);
			return () => clearInterval(timer);
		});
	}

	/** Seconds since the epoch. */
	get now(): number {
		this.#subscribe();
		return Date.now() / 1000;
	}
}
