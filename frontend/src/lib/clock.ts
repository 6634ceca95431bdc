import { createSubscriber } from 'svelte/reactivity';

/**
 * The time of day for what says how long something has lasted; ticks only while it is read. All
 * clocks of one step tick at once, on the whole second, so that the page is drawn once for them.
 */
export class Clock {
	#subscribe: () => void;

	constructor(stepSeconds = 1) {
		const step = stepSeconds * 1000;
		this.#subscribe = createSubscriber((update) => {
			let timer: ReturnType<typeof setTimeout>;
			function wait(): void {
				timer = setTimeout(tick, step - (Date.now() % step));
			}
			function tick(): void {
				update();
				wait();
			}
			wait();
			return () => clearTimeout(timer);
		});
	}

	/** Seconds since the epoch. */
	get now(): number {
		this.#subscribe();
		return Date.now() / 1000;
	}
}
