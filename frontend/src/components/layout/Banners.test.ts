import { screen } from '@testing-library/svelte';
import { expect, test } from 'vitest';

import { FakeBackend } from '../../lib/backend/fake';
import { renderWithStores } from '../../testing/renderWithStores';
import Banners from './Banners.svelte';

const NOTICE = { id: 'n1', code: 'conversation_damaged', message: 'One chat is damaged.' };

test('a notice is told at once and dismissed by its id', async () => {
	const backend = new FakeBackend()
		.setSnapshot('notices', { notices: [{ ...NOTICE, can_dismiss: true }] })
		.answer('dismiss_notice', () => null);
	const { user } = renderWithStores(Banners, { backend });

	expect(screen.getByRole('alert')).toHaveTextContent('One chat is damaged.');
	await user.click(screen.getByRole('button', { name: 'Dismiss' }));

	expect(backend.callsOf('dismiss_notice')).toEqual([{ notice_id: 'n1' }]);
});

test('what stands until it is mended cannot be dismissed', () => {
	const backend = new FakeBackend().setSnapshot('notices', {
		notices: [{ ...NOTICE, can_dismiss: false }]
	});
	renderWithStores(Banners, { backend });
	expect(screen.queryByRole('button')).toBeNull();
});

test('a lost app is said until it is back', async () => {
	const { backend } = renderWithStores(Banners);
	expect(screen.queryByRole('alert')).toBeNull();
	backend.connect('lost');
	expect(await screen.findByRole('alert')).toHaveTextContent('The app does not answer.');
	backend.connect('open');
	await expect.poll(() => screen.queryByRole('alert')).toBeNull();
});

test('a page of an earlier start says that it cannot come back', async () => {
	const { backend } = renderWithStores(Banners);
	backend.connect('refused');
	expect(await screen.findByRole('alert')).toHaveTextContent('an earlier start of the app');
});
