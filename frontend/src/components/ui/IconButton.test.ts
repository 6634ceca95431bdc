import { render, screen } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { expect, test } from 'vitest';

import IconButton from './IconButton.svelte';

test('an icon button has a name, and tells the keys that do the same', async () => {
	let presses = 0;
	const user = userEvent.setup();
	render(IconButton, {
		icon: 'sidebar',
		label: 'Hide sidebar',
		keys: ['Ctrl', 'B'],
		onclick: () => presses++
	});

	const button = screen.getByRole('button', { name: 'Hide sidebar' });
	expect(button).toHaveAttribute('aria-keyshortcuts', 'Control+B');

	await user.tab();
	await user.keyboard('{Enter} ');
	expect(presses).toBe(2);
});
