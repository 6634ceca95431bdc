import { render, screen } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { expect, test } from 'vitest';

// Fetched when it is first needed; the test need not wait for it.
import './PopoverLayer.svelte';
import PopoverExample from '../../testing/PopoverExample.svelte';

test('a popover opens at its trigger by keyboard, is named, and Escape gives the focus back', async () => {
	const user = userEvent.setup();
	render(PopoverExample);

	await user.tab();
	const trigger = screen.getByRole('button', { name: 'Options' });
	expect(trigger).toHaveFocus();
	expect(trigger).toHaveAttribute('aria-expanded', 'false');
	await user.keyboard('{Enter}');

	expect(await screen.findByRole('dialog', { name: 'Load options' })).toBeInTheDocument();
	expect(trigger).toHaveAttribute('aria-expanded', 'true');
	await expect.poll(() => screen.getByRole('dialog').contains(document.activeElement)).toBe(true);
	await user.keyboard('{Escape}');

	await expect.poll(() => screen.queryByRole('dialog')).toBeNull();
	await expect.poll(() => document.activeElement).toBe(trigger);
});
