import { render } from '@testing-library/svelte';
import { type UserEvent, userEvent } from '@testing-library/user-event';
import type { Component } from 'svelte';

// The page fetches these when they are first needed; a test need not wait for them.
import '../components/ui/MenuLayer.svelte';
import '../components/ui/PopoverLayer.svelte';

import { FakeBackend } from '../lib/backend/fake';
import { ChatStore } from '../lib/stores/chatStore.svelte';
import { createShellStores, type Stores } from '../lib/stores/context';
import Harness from './Harness.svelte';

export interface Rendered {
	backend: FakeBackend;
	stores: Stores;
	user: UserEvent;
}

/** Draws a component as the app would, before a backend that the test prepares. */
export function renderWithStores<Props extends Record<string, unknown>>(
	component: Component<Props>,
	options: { props?: Props; backend?: FakeBackend } = {}
): Rendered {
	const backend = options.backend ?? new FakeBackend();
	const stores: Stores = { ...createShellStores(backend), chat: new ChatStore(backend) };
	render(Harness, {
		props: {
			stores,
			component: component as unknown as Component<Record<string, unknown>>,
			props: options.props ?? {}
		}
	});
	return { backend, stores, user: userEvent.setup() };
}
