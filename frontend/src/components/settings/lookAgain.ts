import type { Stores } from '../../lib/stores/context';

/** The open chat may have changed in the files, or be gone. */
export async function lookAgain({
	chat,
	navigation
}: Pick<Stores, 'chat' | 'navigation'>): Promise<void> {
	await chat.reopen();
	if (chat.problem !== null) {
		chat.dismissProblem();
		navigation.conversationId = null;
	}
}
