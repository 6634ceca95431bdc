import { render, screen } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { expect, test } from 'vitest';

import Segmented from './Segmented.svelte';

const options = [
	{ value: 'auto', label: 'Auto' },
	{ value: 'on', label: 'On' },
	{ value: 'off', label: 'Off' }
];

test('one of a few is chosen by arrow keys, in a named group', async () => {
	const chosen: string[] = [];
	const user = userEvent.setup();
	render(Segmented, {
		label: 'Flash attention',
		options,
		value: 'auto',
		onchange: (value: string) => chosen.push(value)
	});

	expect(screen.getByRole('radiogroup', { name: 'Flash attention' })).toBeInTheDocument();
	await user.tab();
	expect(screen.getByRole('radio', { name: 'Auto' })).toHaveFocus();
	await user.keyboard('{ArrowRight}');

	expect(chosen).toEqual(['on']);
});

test('a press on the words chooses too', async () => {
	const chosen: string[] = [];
	render(Segmented, {
		label: 'Flash attention',
		options,
		value: 'auto',
		onchange: (value: string) => chosen.push(value)
	});

	await userEvent.setup().click(screen.getByText('Off'));

	expect(chosen).toEqual(['off']);
});
