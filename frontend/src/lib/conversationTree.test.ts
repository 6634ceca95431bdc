import { describe, expect, it } from 'vitest';

import { fakeMessage } from './backend/fakeValues';
import { branchOf, byId, versionsById, withDeleted } from './conversationTree';

/** Two questions at the root; the first one was answered three times, the last answer asked on. */
const messages = byId([
	fakeMessage(1),
	fakeMessage(2, { parent_id: 1, role: 'assistant' }),
	fakeMessage(3, { parent_id: 1, role: 'assistant' }),
	fakeMessage(4, { parent_id: 1, role: 'assistant' }),
	fakeMessage(5, { parent_id: 4, role: 'user' }),
	fakeMessage(6, { parent_id: null, role: 'user' })
]);

function ids(leafId: number | null, of = messages): number[] {
	return branchOf(of, leafId).map(({ id }) => id);
}

describe('a branch', () => {
	it('is the way from the root to the leaf', () => {
		expect(ids(5)).toEqual([1, 4, 5]);
		expect(ids(2)).toEqual([1, 2]);
	});

	it('ends in the newest message that is there when its leaf is not', () => {
		expect(ids(99)).toEqual([6]);
		expect(ids(5, withDeleted(messages, 4, true))).toEqual([6]);
		const gone = withDeleted(withDeleted(messages, 6, true), 4, true);
		expect(ids(null, gone)).toEqual([1, 3]);
		expect(ids(null, withDeleted(gone, 1, true))).toEqual([]);
	});
});

describe('versions', () => {
	it('stand under the same parent, oldest first', () => {
		const versions = versionsById(messages);
		expect(versions.get(3)).toEqual({ ids: [2, 3, 4], index: 1 });
		expect(versions.get(6)).toEqual({ ids: [1, 6], index: 1 });
		expect(versions.get(5)).toBeUndefined();
	});

	it('are fewer when one is deleted, and as before when it is there again', () => {
		const fewer = withDeleted(messages, 2, true);
		expect(versionsById(fewer).get(4)).toEqual({ ids: [3, 4], index: 1 });
		expect(versionsById(withDeleted(fewer, 2, false)).get(4)?.ids).toEqual([2, 3, 4]);
	});
});
