import { asBackendError } from '../../lib/backend/errors';
import type { ExportFormat } from '../../lib/backend/protocol';
import type { Stores } from '../../lib/stores/context';
import { words } from '../../lib/words/en';

/** Puts chats into the trash and offers Undo. Answers whether they are gone. */
export async function deleteConversations(
	stores: Stores,
	ids: readonly string[]
): Promise<boolean> {
	const { conversations, navigation, toasts } = stores;
	const opened = ids.find((id) => id === navigation.conversationId);

	async function restore(): Promise<void> {
		const isDone = await attempt(stores, words.conversations.failed, async () => {
			await conversations.restore(ids);
		});
		if (isDone && opened !== undefined) {
			navigation.openChat(opened);
		}
	}

	const isDone = await attempt(stores, words.conversations.failed, async () => {
		await conversations.remove(ids);
	});
	if (!isDone) {
		return false;
	}
	if (opened !== undefined) {
		navigation.openChat(null, { focusComposer: false });
	}
	toasts.show(words.list.deletedMany(ids.length), {
		kind: 'deleted',
		undo: () => void restore()
	});
	return true;
}

export async function exportConversations(
	stores: Stores,
	ids: readonly string[],
	format: ExportFormat
): Promise<void> {
	await attempt(stores, words.list.exportFailed, async () => {
		const name = await stores.conversations.export(ids, format);
		if (name !== null) {
			stores.toasts.show(words.list.exported(name));
		}
	});
}

/** Does it, or says why it could not be done. */
export async function attempt(
	{ toasts }: Stores,
	failed: (message: string) => string,
	act: () => Promise<void>
): Promise<boolean> {
	try {
		await act();
		return true;
	} catch (caught) {
		toasts.show(failed(asBackendError(caught).message), { kind: 'failed' });
		return false;
	}
}
