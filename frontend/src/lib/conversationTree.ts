/** A conversation is a tree of messages; what is shown is the way from its root to one leaf. */

import type { Message, MessageStatus } from './backend/protocol';

export type Messages = ReadonlyMap<number, Message>;

export const NO_MESSAGES: Messages = new Map();

const UNFINISHED: ReadonlySet<MessageStatus> = new Set(['waiting', 'answering']);

export function isUnfinished(message: Message): boolean {
	return UNFINISHED.has(message.status);
}

/**
 * The branch that ends in `leafId`, oldest first. A leaf that is not there, or not any more, ends in
 * the newest message that is.
 */
export function branchOf(messages: Messages, leafId: number | null): Message[] {
	const branch = leafId === null ? null : wayTo(messages, leafId);
	return branch ?? newestWay(messages);
}

/** From the root to a message; `null` where it is not there or something on the way is deleted. */
function wayTo(messages: Messages, id: number): Message[] | null {
	const way: Message[] = [];
	let message = messages.get(id);
	while (message !== undefined && way.length < messages.size) {
		if (message.is_deleted) {
			return null;
		}
		way.push(message);
		message = message.parent_id === null ? undefined : messages.get(message.parent_id);
	}
	return way.length === 0 ? null : way.reverse();
}

function newestWay(messages: Messages): Message[] {
	const newestFirst = [...messages.keys()].sort((a, b) => b - a);
	for (const id of newestFirst) {
		const way = wayTo(messages, id);
		if (way !== null) {
			return way;
		}
	}
	return [];
}

/** Which of several versions a message is; they stand beside each other under the same parent. */
export interface Versions {
	/** Oldest first. */
	readonly ids: readonly number[];
	/** From 0. */
	readonly index: number;
}

/** For every message that has other versions beside it, which they are. */
export function versionsById(messages: Messages): ReadonlyMap<number, Versions> {
	const groups = new Map<string, number[]>();
	for (const { id, parent_id, role, is_deleted } of messages.values()) {
		const key = `${parent_id}/${role}`;
		const group = groups.get(key) ?? [];
		groups.set(key, group);
		if (!is_deleted) {
			group.push(id);
		}
	}
	const versions = new Map<number, Versions>();
	for (const group of groups.values()) {
		if (group.length > 1) {
			const ids = group.sort((a, b) => a - b);
			ids.forEach((id, index) => versions.set(id, { ids, index }));
		}
	}
	return versions;
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

/** With a message marked as gone, or as there again. */
export function withDeleted(messages: Messages, id: number, isDeleted: boolean): Messages {
	const message = messages.get(id);
	return message === undefined
		? messages
		: new Map(messages).set(id, { ...message, is_deleted: isDeleted });
}

export function distinct(ids: readonly string[]): ReadonlySet<string> {
	return new Set(ids);
}
