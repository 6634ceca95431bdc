import { expect, test } from 'vitest';

import type { Attachment } from './backend/protocol';
import { estimate } from './estimate';

function aFile(change: Partial<Attachment> = {}): Attachment {
	return {
		id: 'f',
		name: 'f.txt',
		kind: 'text',
		media_type: 'text/plain',
		size_bytes: 400,
		token_count: 90,
		width: null,
		height: null,
		...change
	};
}

const counted = { tokens: 10, is_exact: true };

test('a message takes its text and its files', () => {
	expect(estimate(counted, [aFile(), aFile()], 1000, 0)).toEqual({
		tokens: 190,
		isExact: true,
		hasImages: false,
		over: null
	});
});

test('a file that no model has counted is estimated, and that is told', () => {
	expect(estimate(counted, [aFile({ token_count: null })], null, 0)).toMatchObject({
		tokens: 110,
		isExact: false,
		over: null
	});
});

test('images are not counted, and that is told', () => {
	const image = aFile({ kind: 'image', token_count: null, width: 10, height: 10 });
	expect(estimate(counted, [image], 1000, 0)).toMatchObject({ tokens: 10, hasImages: true });
});

test('too much for the rest is something else than too much for the window', () => {
	expect(estimate(counted, [], 100, 90).over).toBeNull();
	expect(estimate(counted, [], 100, 95).over).toEqual({ tokens: 5, of: 'rest' });
	expect(estimate(counted, [], 8, 0).over).toEqual({ tokens: 2, of: 'window' });
});
