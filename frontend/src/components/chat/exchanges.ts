import type { Message } from '../../lib/backend/protocol';

/** A question with its answer, as they stand together on the page. */
export interface Exchange {
	/** What it hangs on: the same for every version of its question, so that it stays in its place. */
	readonly id: number;
	readonly messages: readonly Message[];
}

/** Every question opens a new exchange. */
export function exchangesOf(branch: readonly Message[]): Exchange[] {
	const exchanges: { id: number; messages: Message[] }[] = [];
	for (const message of branch) {
		const last = exchanges.at(-1);
		if (message.role === 'user' || last === undefined) {
			exchanges.push({ id: message.parent_id ?? 0, messages: [message] });
		} else {
			last.messages.push(message);
		}
	}
	return exchanges;
}
