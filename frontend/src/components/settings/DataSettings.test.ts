import { screen, within } from '@testing-library/svelte';
import { describe, expect, test } from 'vitest';

import { BackendError } from '../../lib/backend/errors';
import { FakeBackend } from '../../lib/backend/fake';
import { fakeSettings } from '../../lib/backend/fakeValues';
import type { Erasable, Snapshot } from '../../lib/backend/protocol';
import { renderWithStores } from '../../testing/renderWithStores';
import DataSettings from './DataSettings.svelte';

const NOW = Date.now() / 1000;
const NEW: Snapshot = { id: 'new', created: NOW, conversation_count: 3 };
const OLD: Snapshot = { id: 'old', created: NOW - 400 * 86_400, conversation_count: 1 };
const MUCH: Erasable = {
	chat_count: 2,
	trashed_chat_count: 1,
	draft_count: 0,
	fact_count: 4,
	snapshot_count: 11
};

function open(list: readonly Snapshot[] = [NEW, OLD]) {
	const backend = new FakeBackend()
		.setSnapshot('settings', fakeSettings)
		.answer('get_drafts', () => [])
		.answer('save_draft', () => null)
		.answer('list_snapshots', () => [...list])
		.answer('make_snapshot', () => NEW)
		.answer('restore_snapshot', () => ({
			restored_count: 2,
			kinds: ['settings', 'drafts'],
			before: NEW
		}))
		.answer('count_all_data', () => MUCH)
		.answer('delete_all_data', () => null);
	return renderWithStores(DataSettings, { backend });
}

describe('data and privacy', () => {
	test('the import is reached from its row', async () => {
		const { user } = open();
		await user.click(await screen.findByRole('button', { name: 'Import…' }));
		expect(screen.getByRole('dialog', { name: 'Import chats' })).toBeVisible();
	});

	test('a snapshot is made, and the list is asked again', async () => {
		const { backend, stores, user } = open([]);
		expect(await screen.findByText('There is no snapshot yet.')).toBeVisible();
		expect(screen.queryByRole('button', { name: 'Restore…' })).toBeNull();
		await user.click(screen.getByRole('button', { name: 'Make one now' }));
		expect(stores.toasts.current?.text).toBe('Snapshot of 3 chats made');
		expect(backend.callsOf('list_snapshots')).toHaveLength(2);
	});

	test('a snapshot that was not made is told', async () => {
		const { backend, stores, user } = open();
		backend.answer('make_snapshot', () => {
			throw new BackendError('storage_failed', 'The disk is full.');
		});
		await user.click(await screen.findByRole('button', { name: 'Make one now' }));
		expect(stores.toasts.current?.kind).toBe('failed');
		expect(stores.toasts.current?.text).toContain('The disk is full.');
	});

	test('the chosen snapshot is gone back to, after it was said what that does', async () => {
		const { backend, stores, user } = open();
		stores.chat.drafts.change(null, { content: 'written now' });
		const select = await screen.findByRole('combobox', { name: 'Snapshot to go back to' });
		expect(select).toHaveDisplayValue(/^Today, .*, 3 chats$/);
		await user.selectOptions(select, 'old');
		await user.click(screen.getByRole('button', { name: 'Restore…' }));

		const dialog = within(screen.getByRole('dialog', { name: 'Go back to a snapshot' }));
		expect(dialog.getByText(/becomes a snapshot first/)).toBeVisible();
		expect(backend.callsOf('restore_snapshot')).toEqual([]);
		backend.answer('get_drafts', () => [
			{ conversation_id: null, content: 'written then', attachments: [], updated: 1 }
		]);
		await user.click(dialog.getByRole('button', { name: 'Restore' }));

		expect(backend.callsOf('restore_snapshot')).toEqual([{ snapshot_id: 'old' }]);
		await expect.poll(() => screen.queryByRole('dialog')).toBeNull();
		expect(stores.toasts.current?.text).toBe(
			'2 chats, settings and drafts restored to the snapshot'
		);
		// What stood in the composer is in the snapshot that was made before.
		expect(backend.callsOf('save_draft')).toHaveLength(1);
		expect(stores.chat.drafts.of(null).content).toBe('written then');
	});

	test('a snapshot that cannot be gone back to keeps the dialog open and says why', async () => {
		const { backend, user } = open();
		backend.answer('restore_snapshot', () => {
			throw new BackendError('conflict', 'An answer is under way.');
		});
		await user.click(await screen.findByRole('button', { name: 'Restore…' }));
		await user.click(screen.getByRole('button', { name: 'Restore' }));
		expect(await screen.findByText(/An answer is under way/)).toBeVisible();
	});

	test('everything is deleted only after the word was typed, and drafts go from the page', async () => {
		const { backend, stores, user } = open();
		stores.chat.drafts.change(null, { content: 'not sent' });
		await user.click(await screen.findByRole('button', { name: 'Delete…' }));
		expect(
			await screen.findByText(
				'Deleted for good: 2 chats, 1 chat in the trash, 4 remembered facts and 11 snapshots.'
			)
		).toBeVisible();
		expect(backend.callsOf('save_draft')).toHaveLength(1);

		const action = screen.getByRole('button', { name: 'Delete everything' });
		await user.type(screen.getByRole('textbox'), 'delet');
		expect(action).toBeDisabled();
		await user.type(screen.getByRole('textbox'), 'e{Enter}');

		expect(backend.callsOf('delete_all_data')).toHaveLength(1);
		await expect.poll(() => screen.queryByRole('dialog')).toBeNull();
		expect(stores.chat.drafts.of(null).content).toBe('');
		expect(stores.toasts.current?.text).toBe('All chats deleted');
	});
});
