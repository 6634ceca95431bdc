import { render, screen } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { expect, test } from 'vitest';

import TextField from './TextField.svelte';

test('a field is named by its label, shown or not', () => {
	render(TextField, { label: 'Filter', icon: 'search' });
	expect(screen.getByRole('textbox', { name: 'Filter' })).toBeInTheDocument();
});

test('a visible label belongs to its field', async () => {
	render(TextField, { label: 'Path of the folder', hasVisibleLabel: true });
	await userEvent.setup().click(screen.getByText('Path of the folder'));
	expect(screen.getByRole('textbox', { name: 'Path of the folder' })).toHaveFocus();
});

test('what is wrong is said at once and with the field', () => {
	render(TextField, { label: 'Path', error: 'There is no such folder.', hint: 'A hint.' });

	const field = screen.getByRole('textbox');
	expect(field).toBeInvalid();
	expect(field).toHaveAccessibleDescription('There is no such folder.');
	expect(screen.getByRole('alert')).toHaveTextContent('There is no such folder.');
});

test('a hint describes the field', () => {
	render(TextField, { label: 'Path', hint: 'A hint.' });
	expect(screen.getByRole('textbox')).toHaveAccessibleDescription('A hint.');
	expect(screen.getByRole('textbox')).not.toBeInvalid();
});
