import { describe, expect, it } from 'vitest';
import { readPlace, writePlace } from './place';

describe('the place in the address', () => {
	it.each([
		{ view: 'chat', conversationId: null },
		{ view: 'chat', conversationId: 'c-1' },
		{ view: 'models', conversationId: null },
		{ view: 'server', conversationId: 'c-1' },
		{ view: 'models', conversationId: 'with/slash' },
		{ view: 'settings', section: 'engine', conversationId: null },
		{ view: 'settings', section: 'appearance', conversationId: 'c-1' }
	] as const)('is found again: %o', (place) => {
		expect(readPlace(writePlace(place))).toEqual(place);
	});

	it.each(['', '#', '#token=abc', '#/nowhere/x'])('is a new chat for %o', (hash) => {
		expect(readPlace(hash)).toEqual({ view: 'chat', conversationId: null });
	});
});
