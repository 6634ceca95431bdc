import { render, screen } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { expect, test } from 'vitest';

import SplitButtonExample from '../../testing/SplitButtonExample.svelte';

test('both halves have a name and are reached and pressed by keyboard', async () => {
	const pressed: string[] = [];
	const user = userEvent.setup();
	render(SplitButtonExample, {
		onload: () => pressed.push('load'),
		onmore: () => pressed.push('more')
	});

	await user.tab();
	expect(screen.getByRole('button', { name: 'Load Qwen3 8B' })).toHaveFocus();
	await user.keyboard('{Enter}');
	await user.tab();
	expect(screen.getByRole('button', { name: 'Load options for Qwen3 8B' })).toHaveFocus();
	await user.keyboard(' ');

	expect(pressed).toEqual(['load', 'more']);
});
