import { screen } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { type Rendered, renderWithStores } from '../../testing/renderWithStores';
import Toaster from './Toaster.svelte';

let page: Rendered;

beforeEach(() => {
	vi.useFakeTimers();
	page = renderWithStores(Toaster);
});

afterEach(() => {
	vi.useRealTimers();
});

async function pass(milliseconds: number): Promise<void> {
	await vi.advanceTimersByTimeAsync(milliseconds);
}

test('a toast stands six seconds', async () => {
	page.stores.toasts.show('Report copied');
	await pass(5_900);
	expect(screen.getByText('Report copied')).toBeInTheDocument();
	await pass(200);
	expect(screen.queryByText('Report copied')).toBeNull();
});

test('with Undo it stands ten', async () => {
	page.stores.toasts.show('Chat deleted', { undo: () => undefined });
	await pass(9_900);
	expect(screen.getByRole('button', { name: 'Undo' })).toBeInTheDocument();
	await pass(200);
	expect(screen.queryByRole('button')).toBeNull();
});

test('it stays while it has the focus', async () => {
	page.stores.toasts.show('Chat deleted', { undo: () => undefined });
	await pass(0);
	screen.getByRole('button', { name: 'Undo' }).focus();
	await pass(60_000);
	expect(screen.getByRole('button', { name: 'Undo' })).toBeInTheDocument();

	screen.getByRole('button', { name: 'Undo' }).blur();
	await pass(10_100);
	expect(screen.queryByRole('button')).toBeNull();
});

test('Undo takes back once and takes the toast away', async () => {
	let undone = 0;
	page.stores.toasts.show('Chat deleted', { undo: () => undone++ });
	await pass(0);
	screen.getByRole('button', { name: 'Undo' }).click();
	await pass(0);

	expect(undone).toBe(1);
	expect(page.stores.toasts.current).toBeNull();
});

test('it is told politely and takes no focus', async () => {
	page.stores.toasts.show('Report copied');
	await pass(0);
	expect(screen.getByText('Report copied').closest('[aria-live="polite"]')).not.toBeNull();
	expect(document.body).toHaveFocus();
});
