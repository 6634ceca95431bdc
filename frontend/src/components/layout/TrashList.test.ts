import { screen } from '@testing-library/svelte';
import { expect, test } from 'vitest';

import { FakeBackend } from '../../lib/backend/fake';
import { renderWithStores } from '../../testing/renderWithStores';
import { aConversation } from '../../testing/values';
import TrashList from './TrashList.svelte';

function open() {
	let closed = 0;
	const backend = new FakeBackend()
		.answer('list_trash', () => [
			aConversation('a', { title: 'Bread' }),
			aConversation('b', { title: 'Rust' })
		])
		.answer('restore_conversations', ({ conversation_ids }) =>
			conversation_ids.map((id) => aConversation(id))
		);
	const page = renderWithStores(TrashList, { backend, props: { onclose: () => (closed += 1) } });
	return { ...page, closed: () => closed };
}

test('a chat comes back, and the focus goes to the next', async () => {
	const { backend, user } = open();
	const button = await screen.findByRole('button', { name: 'Restore Bread' });
	await user.click(button);

	expect(backend.callsOf('restore_conversations')).toEqual([{ conversation_ids: ['a'] }]);
	await expect.poll(() => screen.queryByText('Bread')).toBeNull();
	expect(screen.getByRole('button', { name: 'Restore Rust' })).toHaveFocus();

	await user.keyboard('{Enter}');
	expect(await screen.findByText('The trash is empty.')).toBeInTheDocument();
	expect(screen.getByRole('button', { name: 'Back to the chats' })).toHaveFocus();
});

test('Escape and the button lead back', async () => {
	const { user, closed } = open();
	expect(screen.getByRole('button', { name: 'Back to the chats' })).toHaveFocus();
	await user.keyboard('{Escape}');
	await user.click(screen.getByRole('button', { name: 'Back to the chats' }));
	expect(closed()).toBe(2);
});
