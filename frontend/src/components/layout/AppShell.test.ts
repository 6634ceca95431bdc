import { screen } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';

import { FakeBackend } from '../../lib/backend/fake';
import { renderWithStores } from '../../testing/renderWithStores';
import ShellExample from '../../testing/ShellExample.svelte';
import { someSettings } from '../../testing/values';

afterEach(() => {
	vi.unstubAllGlobals();
});

function show(isWide: boolean, sidebarOpen = true) {
	vi.stubGlobal('matchMedia', (media: string) => ({
		matches: isWide,
		media,
		addEventListener: () => undefined,
		removeEventListener: () => undefined
	}));
	const settings = someSettings({ sidebar_open: sidebarOpen });
	const backend = new FakeBackend().setSnapshot('settings', settings);
	backend.answer('update_settings', (change) => {
		const changed = someSettings({ ...settings, sidebar_open: change.sidebar_open ?? true });
		backend.publish('settings', changed);
		return changed;
	});
	return renderWithStores(ShellExample, { backend });
}

test('in a wide window the sidebar is docked, hidden and brought back', async () => {
	const { user } = show(true);
	expect(screen.getByRole('navigation')).toBeInTheDocument();
	expect(screen.queryByRole('dialog')).toBeNull();

	await user.click(screen.getByRole('button', { name: 'Hide sidebar' }));
	await expect.poll(() => screen.queryByRole('navigation')).toBeNull();
	await user.click(screen.getByRole('button', { name: 'Show sidebar' }));
	expect(await screen.findByRole('navigation')).toBeInTheDocument();
});

test('its edge is moved by keyboard within its bounds', async () => {
	const { stores, user } = show(true);
	screen.getByRole('separator', { name: 'Width of the sidebar' }).focus();
	await user.keyboard('{ArrowRight}');
	expect(stores.sidebar.width).toBe(272);
	await user.keyboard('{End}');
	expect(screen.getByRole('separator')).toHaveAttribute('aria-valuenow', '340');
	await user.keyboard('{ArrowRight}');
	expect(stores.sidebar.width).toBe(340);
	await user.keyboard('{Home}{ArrowLeft}');
	expect(stores.sidebar.width).toBe(232);
});

test('in a narrow window it is a drawer that takes the focus and gives it back', async () => {
	const { user } = show(false);
	expect(screen.queryByRole('navigation')).toBeNull();
	const toggle = screen.getByRole('button', { name: 'Show sidebar' });
	toggle.focus();
	await user.keyboard('{Enter}');

	const drawer = await screen.findByRole('dialog', { name: 'Chats' });
	await expect.poll(() => drawer.contains(document.activeElement)).toBe(true);
	expect(toggle.closest('[inert]')).not.toBeNull();

	await user.keyboard('{Escape}');
	await expect.poll(() => screen.queryByRole('dialog')).toBeNull();
	await expect.poll(() => document.activeElement).toBe(toggle);
});
