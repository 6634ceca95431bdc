/** A conversation is a tree of messages; what is shown is the way from its root to one leaf. */

import type { Message, MessageStatus } from './backend/protocol';

export type Messages = ReadonlyMap<number, Message>;

export const NO_MESSAGES: Messages = new Map();

const UNFINISHED: ReadonlySet<MessageStatus> = new Set(['waiting', 'answering']);

export function isUnfinished(message: Message): boolean {
	return UNFINISHED.has(message.status);
}

/** The branch that ends in `leafId`, oldest first. A leaf that is not there ends in the newest message. */
export function branchOf(messages: Messages, leafId: number | null): Message[] {
	const newest = Math.max(...messages.keys());
	let message = messages.get(leafId ?? newest) ?? messages.get(newest);
	const branch: Message[] = [];
	while (message !== undefined && branch.length < messages.size) {
		branch.unshift(message);
		message = message.parent_id === null ? undefined : messages.get(message.parent_id);
	}
	return branch;
}

/** Both tell of the same message: the one that is finished is the later one, else the second. */
export function laterOf(first: Message | undefined, second: Message): Message {
	return first !== undefined && !isUnfinished(first) && isUnfinished(second) ? first : second;
}

export function byId(messages: readonly Message[]): Messages {
	return new Map(messages.map((message) => [message.id, message]));
}

export function merge(messages: Messages, added: Iterable<Message>): Messages {
	const merged = new Map(messages);
	for (const message of added) {
		merged.set(message.id, laterOf(merged.get(message.id), message));
	}
	return merged;
}

export function distinct(ids: readonly string[]): ReadonlySet<string> {
	return new Set(ids);
}
