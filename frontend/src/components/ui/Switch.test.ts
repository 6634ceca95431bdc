import { render, screen } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { expect, test } from 'vitest';

import Switch from './Switch.svelte';

test('a switch is named, tells how it stands, and is turned with Space', async () => {
	const turned: boolean[] = [];
	const user = userEvent.setup();
	render(Switch, {
		label: 'Use this passage',
		checked: false,
		onchange: (isOn: boolean) => turned.push(isOn)
	});

	await user.tab();
	const control = screen.getByRole('switch', { name: 'Use this passage' });
	expect(control).toHaveFocus();
	expect(control).not.toBeChecked();
	await user.keyboard(' ');

	expect(turned).toEqual([true]);
});
