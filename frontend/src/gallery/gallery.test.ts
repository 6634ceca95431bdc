import { render, screen } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';

import Gallery from './Gallery.svelte';

describe('the board of components', () => {
	it('shows what needs a state of the app in that state', async () => {
		render(Gallery);

		expect(await screen.findByText('1,930 tok/s')).toBeVisible();
		expect(await screen.findByText('64 tok/s')).toBeVisible();
		expect(screen.getByText('out of GPU memory')).toBeVisible();
		expect(screen.getByPlaceholderText(/^Write your next message/)).toBeVisible();
		expect(screen.getByText('nothing relevant in 212 past chats')).toBeVisible();
	});
});
