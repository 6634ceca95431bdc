import { MediaQuery } from 'svelte/reactivity';

import type { NavigationStore } from './navigationStore.svelte';
import type { SettingsStore } from './settingsStore.svelte';

export const SIDEBAR_WIDTH = { min: 232, usual: 264, max: 340 };

/** Owns how the sidebar is shown: docked in a wide window, a drawer over a narrow one. */
export class SidebarStore {
	/** Pixels at the usual text size. */
	width = $state(SIDEBAR_WIDTH.usual);

	#isWide = new MediaQuery('min-width: 53.75em', true);
	#settings: SettingsStore;
	#navigation: NavigationStore;

	constructor(settings: SettingsStore, navigation: NavigationStore) {
		this.#settings = settings;
		this.#navigation = navigation;
	}

	get isDrawer(): boolean {
		return !this.#isWide.current;
	}

	get isShown(): boolean {
		return this.isDrawer
			? this.#navigation.isDrawerOpen
			: (this.#settings.settings?.sidebar_open ?? true);
	}

	async toggle(): Promise<void> {
		if (this.isDrawer) {
			this.#navigation.isDrawerOpen = !this.#navigation.isDrawerOpen;
		} else {
			await this.#settings.update({ sidebar_open: !this.isShown });
		}
	}

	resize(width: number): void {
		this.width = Math.round(Math.max(SIDEBAR_WIDTH.min, Math.min(SIDEBAR_WIDTH.max, width)));
	}
}
