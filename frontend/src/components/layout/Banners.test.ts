import { screen } from '@testing-library/svelte';
import { expect, test } from 'vitest';

import { BackendError } from '../../lib/backend/errors';
import { FakeBackend } from '../../lib/backend/fake';
import { renderWithStores } from '../../testing/renderWithStores';
import Banners from './Banners.svelte';

const NOTICE = {
	id: 'n1',
	code: 'conversation_damaged',
	title: null,
	message: 'One chat is damaged.',
	can_dismiss: false,
	can_retry: false
};

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
		notices: [NOTICE]
	});
	renderWithStores(Banners, { backend });
	expect(screen.queryByRole('button')).toBeNull();
});

test('what waits in memory can be tried again, and its notice tells whether it worked', async () => {
	const backend = new FakeBackend()
		.setSnapshot('notices', {
			notices: [{ ...NOTICE, title: 'The disk is full.', can_retry: true }]
		})
		.answer('retry_saving', () => {
			throw new BackendError('storage_failed', 'The disk is full.');
		});
	const { user } = renderWithStores(Banners, { backend });
	expect(screen.getByRole('alert')).toHaveTextContent('The disk is full. One chat');
	await user.click(screen.getByRole('button', { name: 'Try again' }));
	expect(backend.callsOf('retry_saving')).toHaveLength(1);
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
