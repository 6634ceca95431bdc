import type { ConversationSummary } from './backend/protocol';
import { daysBetween } from './format';

/** What a group of conversations has in common: pinned, or when they were last changed. */
export type DayGroup =
	| { kind: 'pinned' }
	| { kind: 'today' }
	| { kind: 'yesterday' }
	| { kind: 'previous_week' }
	| { kind: 'month'; year: number; month: number };

export interface GroupedConversations {
	key: string;
	group: DayGroup;
	conversations: ConversationSummary[];
}

/** Cuts a list, pinned and then last changed first, into days near by and months far away. */
export function groupByDay(
	conversations: readonly ConversationSummary[],
	now: Date
): GroupedConversations[] {
	const groups: GroupedConversations[] = [];
	for (const conversation of conversations) {
		const group: DayGroup = conversation.is_pinned
			? { kind: 'pinned' }
			: dayGroup(new Date(conversation.updated * 1000), now);
		const key = group.kind === 'month' ? `${group.year}-${group.month}` : group.kind;
		const last = groups.at(-1);
		if (last?.key === key) {
			last.conversations.push(conversation);
		} else {
			groups.push({ key, group, conversations: [conversation] });
		}
	}
	return groups;
}

function dayGroup(date: Date, now: Date): DayGroup {
	const age = daysBetween(date, now);
	if (age <= 0) {
		return { kind: 'today' };
	}
	if (age === 1) {
		return { kind: 'yesterday' };
	}
	if (age <= 7) {
		return { kind: 'previous_week' };
	}
	return { kind: 'month', year: date.getFullYear(), month: date.getMonth() };
}
