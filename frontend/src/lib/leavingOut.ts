import { asBackendError } from './backend/errors';
import type { Stores } from './stores/context';
import { words } from './words/en';

/** Whether a chat, or one message of it, is never recalled. */
export function isLeftOut(
	{ conversations }: Stores,
	conversationId: string,
	messageId: number | null
): boolean {
	const chat = conversations.find(conversationId);
	return messageId === null
		? (chat?.is_left_out ?? false)
		: (chat?.left_out_message_ids.includes(messageId) ?? false);
}

/** Never recalls a chat or a message, or does so again; tells, with a way to undo it. */
export async function setLeftOut(
	stores: Stores,
	conversationId: string,
	messageId: number | null,
	isOut: boolean
): Promise<void> {
	const { memory, toasts } = stores;
	const text = words.memory.leaveOut;
	try {
		await memory.leaveOut(conversationId, messageId, isOut);
	} catch (caught) {
		toasts.show(text.failed(asBackendError(caught).message), { kind: 'failed' });
		return;
	}
	if (isOut) {
		toasts.show(messageId === null ? text.chatDone : text.messageDone, {
			undo: () => void setLeftOut(stores, conversationId, messageId, false)
		});
	}
}
