/** What is shown of a chat around a passage. Pure. */

import type { Message } from '../../lib/backend/protocol';

const BEFORE = 2;
const AFTER = 2;

/** The message with those right before it and, where the talk went on, those after it. */
export function messagesAround(messages: readonly Message[], messageId: number): Message[] {
	const there = messages.filter(({ is_deleted }) => !is_deleted);
	const hit = there.find(({ id }) => id === messageId);
	if (hit === undefined) {
		return [];
	}
	const around = [hit];
	for (let count = 0; count < BEFORE; count += 1) {
		const above = there.find(({ id }) => id === around[0]?.parent_id);
		if (above === undefined) {
			break;
		}
		around.unshift(above);
	}
	for (let count = 0; count < AFTER; count += 1) {
		// Of several versions the newest.
		const below = there.filter(({ parent_id }) => parent_id === around.at(-1)?.id).at(-1);
		if (below === undefined) {
			break;
		}
		around.push(below);
	}
	return around;
}
