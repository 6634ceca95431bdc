import { expect, test } from 'vitest';

import type { SearchHit } from '../../lib/backend/protocol';
import { areCloseInMeaning } from './hits';

function hit(likeness: number, matches: [number, number][] = []): SearchHit {
	return {
		conversation_id: 'a',
		conversation_title: 'A',
		message_id: 1,
		role: 'user',
		model: null,
		created: 1,
		snippet: 'text',
		matches,
		score: 1,
		likeness
	};
}

test('hits without the words are close in meaning where they are about as close as any', () => {
	const all = [hit(0.7, [[0, 4]]), hit(0.6), hit(0.2)];
	expect(areCloseInMeaning([hit(0.6)], all)).toBe(true);
	expect(areCloseInMeaning([hit(0.2)], all)).toBe(false);
	expect(areCloseInMeaning([hit(0.7, [[0, 4]])], all)).toBe(false);
});

test('nothing is close in meaning where no model tells', () => {
	expect(areCloseInMeaning([hit(0)], [hit(0)])).toBe(false);
});
