import { render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import IconButton from './IconButton.svelte';

beforeEach(() => {
	vi.useFakeTimers();
	render(IconButton, { icon: 'copy', label: 'Copy', keys: ['Ctrl', 'C'] });
});

afterEach(() => {
	vi.useRealTimers();
});

function shown(): Element | null {
	return document.querySelector('[role="tooltip"]');
}

function point(type: string): void {
	screen.getByRole('button').dispatchEvent(new PointerEvent(type, { pointerType: 'mouse' }));
}

test('a tooltip comes after half a second of hovering, with the keys', () => {
	point('pointerenter');
	vi.advanceTimersByTime(499);
	expect(shown()).toBeNull();
	vi.advanceTimersByTime(1);

	expect(shown()).toHaveTextContent('Copy');
	expect(shown()).toHaveTextContent('Ctrl');
});

test('it goes with the pointer, a press or Escape', async () => {
	for (const leave of [
		() => point('pointerleave'),
		() => point('pointerdown'),
		() => screen.getByRole('button').dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }))
	]) {
		point('pointerenter');
		vi.advanceTimersByTime(500);
		expect(shown()).not.toBeNull();
		leave();
		await vi.runAllTimersAsync();
		expect(shown()).toBeNull();
	}
});

test('a pointer that passes by shows nothing', () => {
	point('pointerenter');
	point('pointerleave');
	vi.advanceTimersByTime(1_000);
	expect(shown()).toBeNull();
});

test('the name of the control is said once', () => {
	point('pointerenter');
	vi.advanceTimersByTime(500);
	expect(shown()).toHaveAttribute('aria-hidden', 'true');
	expect(screen.getByRole('button')).toHaveAccessibleName('Copy');
});
