import { render, screen } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { expect, test } from 'vitest';

import Select from './Select.svelte';

test('a select is named, shows its value, and another one is chosen', async () => {
	const chosen: string[] = [];
	const user = userEvent.setup();
	render(Select, {
		label: 'Preset',
		options: [
			{ value: 'default', label: 'Default' },
			{ value: 'a', label: 'Precise' }
		],
		value: 'default',
		onchange: (value: string) => chosen.push(value)
	});

	const control = screen.getByRole('combobox', { name: 'Preset' });
	expect(control).toHaveDisplayValue('Default');
	await user.selectOptions(control, 'Precise');

	expect(chosen).toEqual(['a']);
});
