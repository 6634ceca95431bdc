import { expect, test } from 'vitest';

import { aConversation } from '../testing/values';
import { groupByDay } from './days';

const NOW = new Date(2026, 4, 20, 12, 0);

function changed(id: string, year: number, month: number, day: number, hour = 1) {
	return aConversation(id, { updated: new Date(year, month, day, hour).getTime() / 1000 });
}

test('chats are grouped by days near by and months far away', () => {
	const groups = groupByDay(
		[
			changed('a', 2026, 4, 20),
			changed('b', 2026, 4, 19, 23),
			changed('c', 2026, 4, 18),
			changed('d', 2026, 4, 13),
			changed('e', 2026, 4, 12),
			changed('f', 2026, 3, 1),
			changed('g', 2025, 3, 1)
		],
		NOW
	);

	expect(groups.map(({ key }) => key)).toEqual([
		'today',
		'yesterday',
		'previous_week',
		'2026-4',
		'2026-3',
		'2025-3'
	]);
	expect(groups[2]?.conversations.map(({ id }) => id)).toEqual(['c', 'd']);
});

test('no chats make no groups', () => {
	expect(groupByDay([], NOW)).toEqual([]);
});
