import { asBackendError } from '../../lib/backend/errors';
import type { Stores } from '../../lib/stores/context';
import { words } from '../../lib/words/en';

/** Puts a chat into the trash and offers Undo. Answers whether it is gone. */
export async function deleteConversation(stores: Stores, id: string): Promise<boolean> {
	const { conversations, navigation, toasts } = stores;
	const wasOpen = navigation.conversationId === id;

	async function restore(): Promise<void> {
		try {
			await conversations.restore([id]);
			if (wasOpen) {
				navigation.openChat(id);
			}
		} catch (caught) {
			toasts.show(words.conversations.failed(asBackendError(caught).message), { kind: 'failed' });
		}
	}

	try {
		await conversations.remove([id]);
	} catch (caught) {
		toasts.show(words.conversations.failed(asBackendError(caught).message), { kind: 'failed' });
		return false;
	}
	if (wasOpen) {
		navigation.openChat(null, { focusComposer: false });
	}
	toasts.show(words.conversations.deleted, { kind: 'deleted', undo: () => void restore() });
	return true;
}
