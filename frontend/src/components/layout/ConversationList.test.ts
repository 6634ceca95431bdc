import { screen, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, test } from 'vitest';

import { BackendError } from '../../lib/backend/errors';
import { FakeBackend } from '../../lib/backend/fake';
import { fakeMessage } from '../../lib/backend/fakeValues';
import { type Rendered, renderWithStores } from '../../testing/renderWithStores';
import { aConversation } from '../../testing/values';
import ConversationList from './ConversationList.svelte';

const now = Date.now() / 1000;
const day = 86_400;

let page: Rendered;
let trashOpened = 0;

function ontrash(): void {
	trashOpened += 1;
}

function row(name: string): HTMLElement {
	return screen.getByRole('button', { name });
}

beforeEach(() => {
	const backend = new FakeBackend()
		.setSnapshot('conversations', {
			type: 'snapshot',
			conversations: [
				aConversation('a', { title: 'Bread', updated: now }),
				aConversation('b', { title: 'Rust', updated: now - 1 }),
				aConversation('c', { title: 'Lake', updated: now - 400 * day })
			]
		})
		.answer('rename_conversation', ({ conversation_id, title }) => {
			const conversation = aConversation(conversation_id, { title });
			backend.publish('conversations', { type: 'saved', conversation });
			return conversation;
		})
		.answer('delete_conversations', ({ conversation_ids }) => {
			for (const conversation_id of conversation_ids) {
				backend.publish('conversations', { type: 'removed', conversation_id });
			}
			return null;
		})
		.answer('restore_conversations', ({ conversation_ids }) => {
			const restored = conversation_ids.map((id) => aConversation(id, { title: 'Bread' }));
			for (const conversation of restored) {
				backend.publish('conversations', { type: 'saved', conversation });
			}
			return restored;
		});
	page = renderWithStores(ConversationList, { backend, props: { ontrash } });
});

test('chats stand under the day they were last changed', () => {
	expect(within(screen.getByRole('list', { name: 'Today' })).getAllByRole('listitem')).toHaveLength(
		2
	);
	expect(screen.getAllByRole('list')).toHaveLength(2);
});

test('the open chat is marked', () => {
	page.stores.navigation.openChat('b');
	expect(row('Bread')).not.toHaveAttribute('aria-current');
	return expect.poll(() => row('Rust').getAttribute('aria-current')).toBe('page');
});

describe('by keyboard', () => {
	test('Tab reaches one row, arrow keys open the next and keep the focus', async () => {
		const before = page.stores.navigation.composerFocusRequests;
		await page.user.tab();
		expect(row('Bread')).toHaveFocus();

		await page.user.keyboard('{ArrowDown}');
		await expect.poll(() => document.activeElement).toBe(row('Rust'));
		expect(page.stores.navigation.conversationId).toBe('b');
		expect(page.stores.navigation.composerFocusRequests).toBe(before);

		await page.user.keyboard('{End}');
		await expect.poll(() => document.activeElement).toBe(row('Lake'));
		await page.user.keyboard('{Enter}');
		expect(page.stores.navigation.conversationId).toBe('c');
		expect(page.stores.navigation.composerFocusRequests).toBe(before + 1);
	});

	test('F2 renames in place, Enter keeps the name', async () => {
		row('Bread').focus();
		await page.user.keyboard('{F2}');
		const field = await screen.findByRole('textbox', { name: 'Name of the chat' });
		expect(field).toHaveFocus();
		await page.user.keyboard('Sourdough{Enter}');

		expect(page.backend.callsOf('rename_conversation')).toEqual([
			{ conversation_id: 'a', title: 'Sourdough' }
		]);
		await expect.poll(() => document.activeElement).toBe(row('Sourdough'));
	});

	test('Escape leaves the name as it was', async () => {
		row('Bread').focus();
		await page.user.keyboard('{F2}nonsense{Escape}');

		await expect.poll(() => document.activeElement).toBe(row('Bread'));
		expect(page.backend.callsOf('rename_conversation')).toEqual([]);
	});

	test('an empty or unchanged name is no new name', async () => {
		row('Bread').focus();
		await page.user.keyboard('{F2}{Backspace}{Enter}');
		await expect.poll(() => document.activeElement).toBe(row('Bread'));
		await page.user.keyboard('{F2}{Enter}');
		await expect.poll(() => document.activeElement).toBe(row('Bread'));

		expect(page.backend.callsOf('rename_conversation')).toEqual([]);
	});

	test('Delete puts a chat into the trash and the focus on the next', async () => {
		row('Bread').focus();
		await page.user.keyboard('{Delete}');

		await expect.poll(() => document.activeElement).toBe(row('Rust'));
		expect(screen.queryByRole('button', { name: 'Bread' })).toBeNull();
		expect(page.stores.toasts.current?.text).toBe('Chat deleted');
	});

	test('after the last one the focus goes to the one before', async () => {
		row('Lake').focus();
		await page.user.keyboard('{Delete}');
		await expect.poll(() => document.activeElement).toBe(row('Rust'));
	});
});

test('Undo brings the open chat back and opens it', async () => {
	page.stores.navigation.openChat('a');
	row('Bread').focus();
	await page.user.keyboard('{Delete}');
	await expect.poll(() => page.stores.navigation.conversationId).toBeNull();

	page.stores.toasts.current?.undo?.();

	await expect.poll(() => page.stores.navigation.conversationId).toBe('a');
	expect(row('Bread')).toBeInTheDocument();
});

test('a chat that cannot be deleted stays, and why is said', async () => {
	page.backend.answer('delete_conversations', () => {
		throw new BackendError('storage_failed', 'The disk is full.');
	});
	row('Bread').focus();
	await page.user.keyboard('{Delete}');

	await expect.poll(() => page.stores.toasts.current?.kind).toBe('failed');
	expect(page.stores.toasts.current?.text).toContain('The disk is full.');
	expect(row('Bread')).toBeInTheDocument();
});

test('pinned chats stand first', async () => {
	page.backend.publish('conversations', {
		type: 'saved',
		conversation: aConversation('c', { title: 'Lake', updated: 1, is_pinned: true })
	});
	const pinned = await screen.findByRole('list', { name: 'Pinned' });
	expect(within(pinned).getByRole('button', { name: 'Lake' })).toBeInTheDocument();
	expect(screen.getAllByRole('list')[0]).toBe(pinned);
});

describe('several chats', () => {
	const LAST = 'Lake , Selected';

	test('are selected with Shift and the arrow keys, and deleted together with one Undo', async () => {
		row('Bread').focus();
		await page.user.keyboard('{Shift>}{ArrowDown}{/Shift}');
		await expect.poll(() => document.activeElement).toBe(row('Rust , Selected'));
		expect(row('Bread , Selected')).toBeInTheDocument();
		expect(screen.getByRole('group', { name: 'Selected chats' })).toHaveTextContent('2 selected');
		expect(page.stores.navigation.conversationId).toBeNull();

		await page.user.keyboard('{Delete}');
		await expect.poll(() => document.activeElement).toBe(row('Lake'));
		expect(page.backend.callsOf('delete_conversations')).toEqual([
			{ conversation_ids: ['a', 'b'] }
		]);
		expect(page.stores.toasts.current?.text).toBe('2 chats deleted');
		page.stores.toasts.current?.undo?.();
		await expect
			.poll(() => page.backend.callsOf('restore_conversations'))
			.toEqual([{ conversation_ids: ['a', 'b'] }]);
	});

	test('are selected with Ctrl or Shift and a click; a plain click opens one again', async () => {
		await page.user.keyboard('{Control>}');
		await page.user.click(row('Bread'));
		await page.user.click(row('Lake'));
		await page.user.keyboard('{/Control}');
		expect(row('Bread , Selected')).toBeInTheDocument();
		expect(row(LAST)).toBeInTheDocument();
		expect(row('Rust')).toBeInTheDocument();

		await page.user.keyboard('{Shift>}');
		await page.user.click(row('Bread , Selected'));
		await page.user.keyboard('{/Shift}');
		expect(row('Rust , Selected')).toBeInTheDocument();

		await page.user.click(row('Rust , Selected'));
		expect(page.stores.navigation.conversationId).toBe('b');
		expect(screen.queryByRole('group', { name: 'Selected chats' })).toBeNull();
	});

	test('are let go with Escape', async () => {
		row('Bread').focus();
		await page.user.keyboard('{Control>}a{/Control}');
		expect(row(LAST)).toBeInTheDocument();
		await page.user.keyboard('{Escape}');
		await expect.poll(() => screen.queryByRole('button', { name: LAST })).toBeNull();
	});

	test('are exported as one file', async () => {
		const saved: string[] = [];
		page.backend
			.answer('export_conversations', () => ({
				name: 'chats.md',
				media_type: 'text/markdown',
				text: '# Chats'
			}))
			.answer('save_file', ({ name, text }) => {
				saved.push(text);
				return `/home/me/${name}`;
			});
		row('Bread').focus();
		await page.user.keyboard('{Control>}a{/Control}');
		const [more] = screen.getAllByRole('button', { name: /^Actions for/ });
		await page.user.click(more ?? document.body);
		await page.user.click(await screen.findByRole('menuitem', { name: 'Export as Markdown' }));

		await expect.poll(() => saved).toEqual(['# Chats']);
		expect(page.backend.callsOf('export_conversations')).toEqual([
			{ conversation_ids: ['a', 'b', 'c'], export_format: 'markdown' }
		]);
		expect(page.stores.toasts.current?.text).toBe('Saved as /home/me/chats.md');
	});
});

test('the trash is reached from the end of the list', async () => {
	await page.user.click(screen.getByRole('button', { name: 'Trash' }));
	expect(trashOpened).toBe(1);
});

test('the menu of a row names its chat and works by keyboard', async () => {
	const more = screen.getByRole('button', { name: 'Actions for Rust' });
	expect(more).toHaveAttribute('aria-expanded', 'false');
	more.focus();
	await page.user.click(more);

	const menu = await screen.findByRole('menu', { name: 'Actions for Rust' });
	expect(more).toHaveAttribute('aria-expanded', 'true');
	menu.focus();
	await page.user.keyboard('{ArrowDown}{Enter}');

	expect(await screen.findByRole('textbox', { name: 'Name of the chat' })).toHaveFocus();
});

test('a chat that is being answered says so', async () => {
	page.backend.publish('answers', {
		type: 'snapshot',
		ended: [],
		turns: [
			{
				conversation_id: 'b',
				message_id: 2,
				sequence: 1,
				phase: 'answering',
				progress: null,
				message: fakeMessage(2, { content: '', status: 'answering' })
			}
		]
	});
	await expect.poll(() => row('Rust , Answering')).toBeInTheDocument();
});

test('an answer that came while another chat was open is said until it is opened', async () => {
	const message = fakeMessage(2);
	page.backend.publish('answers', {
		type: 'finished',
		conversation_id: 'b',
		message_id: 2,
		sequence: 9,
		message
	});
	await expect.poll(() => row('Rust , Answer ready')).toBeInTheDocument();

	page.stores.navigation.openChat('b');
	page.stores.unread.look();
	await expect.poll(() => row('Rust')).toBeInTheDocument();
});
