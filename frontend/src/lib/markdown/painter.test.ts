import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { MarkdownPainter } from './painter.svelte';

function sources(painter: MarkdownPainter): string {
	return painter.blocks.map((block) => block.source).join('');
}

describe('MarkdownPainter', () => {
	beforeEach(() => vi.useFakeTimers());
	afterEach(() => vi.useRealTimers());

	it('paints a whole text at once', () => {
		expect(sources(new MarkdownPainter('All of it.', true))).toBe('All of it.');
	});

	it('paints a growing text no more than every 50 ms, in whole words', () => {
		const painter = new MarkdownPainter('', false);
		painter.show('One tw', false);
		painter.show('One two thr', false);
		expect(sources(painter)).toBe('');
		vi.advanceTimersByTime(50);
		expect(sources(painter).trim()).toBe('One two');
		painter.show('One two three fo', false);
		expect(sources(painter).trim()).toBe('One two');
	});

	it('paints the end at once, and nothing afterwards', () => {
		const painter = new MarkdownPainter('', false);
		painter.show('One tw', false);
		painter.show('One two', true);
		expect(sources(painter)).toBe('One two');
		expect(vi.getTimerCount()).toBe(0);
	});

	it('stops painting when it is told to', () => {
		const painter = new MarkdownPainter('', false);
		painter.show('One ', false);
		painter.stop();
		vi.advanceTimersByTime(1_000);
		expect(sources(painter)).toBe('');
	});
});
