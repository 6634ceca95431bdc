import { SvelteSet } from 'svelte/reactivity';

import type { ConversationSummary } from '../../lib/backend/protocol';

/** Owns which chats of the list are selected: one by one, or from one to another. */
export class ListSelection {
	#chosen = new SvelteSet<string>();
	/** Where a range begins. */
	#anchor: string | null = null;
	readonly #list: () => readonly ConversationSummary[];

	/** In the order of the list. */
	ids = $derived.by(() =>
		this.#chosen.size === 0
			? []
			: this.#list()
					.map(({ id }) => id)
					.filter((id) => this.#chosen.has(id))
	);

	constructor(list: () => readonly ConversationSummary[]) {
		this.#list = list;
	}

	has(id: string): boolean {
		return this.#chosen.has(id);
	}

	toggle(id: string): void {
		this.#anchor = id;
		if (!this.#chosen.delete(id)) {
			this.#chosen.add(id);
		}
	}

	/** Selects all from where the last choice was, or from `start`, to here. */
	extendTo(id: string, start: string): void {
		const order = this.#list().map((conversation) => conversation.id);
		const anchor = this.#anchor !== null && order.includes(this.#anchor) ? this.#anchor : start;
		const [from = 0, to = 0] = [order.indexOf(anchor), order.indexOf(id)].sort((a, b) => a - b);
		this.#chosen.clear();
		for (const one of order.slice(Math.max(0, from), to + 1)) {
			this.#chosen.add(one);
		}
		this.#anchor = anchor;
	}

	all(): void {
		for (const { id } of this.#list()) {
			this.#chosen.add(id);
		}
	}

	clear(): void {
		this.#chosen.clear();
		this.#anchor = null;
	}
}
