import { SvelteSet } from 'svelte/reactivity';

import type { Backend } from '../backend/backend';
import type { NavigationStore } from './navigationStore.svelte';

/** Owns which chats have an answer that ended while they were not on screen. */
export class UnreadStore {
	#ids = new SvelteSet<string>();
	#navigation: NavigationStore;

	constructor(backend: Backend, navigation: NavigationStore) {
		this.#navigation = navigation;
		backend.listen('answers', (event) => {
			if (event.type === 'started') {
				this.#ids.delete(event.conversation_id);
			} else if (event.type === 'finished' || event.type === 'failed') {
				this.#ids.add(event.conversation_id);
			}
			this.look();
		});
	}

	has(conversationId: string): boolean {
		return this.#ids.has(conversationId);
	}

	/** What is on screen is seen. */
	look(): void {
		const { view, conversationId } = this.#navigation;
		if (view === 'chat' && conversationId !== null) {
			this.#ids.delete(conversationId);
		}
	}
}
