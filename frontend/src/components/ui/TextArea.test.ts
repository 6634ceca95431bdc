import { render, screen } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { expect, test } from 'vitest';

import TextArea from './TextArea.svelte';

test('a text area is named by its label, shown or not', async () => {
	render(TextArea, { label: 'Stop words', hasVisibleLabel: true });
	await userEvent.setup().click(screen.getByText('Stop words'));
	expect(screen.getByRole('textbox', { name: 'Stop words' })).toHaveFocus();
});

test('what is wrong is said at once and with the field', () => {
	render(TextArea, { label: 'Grammar', error: 'No rule is called root.', hint: 'GBNF' });
	const field = screen.getByRole('textbox', { name: 'Grammar' });
	expect(field).toBeInvalid();
	expect(field).toHaveAccessibleDescription('No rule is called root.');
	expect(screen.getByRole('alert')).toHaveTextContent('No rule is called root.');
});

test('prose is spelled, code is not', () => {
	render(TextArea, { label: 'Prose' });
	render(TextArea, { label: 'Code', isCode: true });
	expect(screen.getByRole('textbox', { name: 'Prose' })).toHaveAttribute('spellcheck', 'true');
	expect(screen.getByRole('textbox', { name: 'Code' })).toHaveAttribute('spellcheck', 'false');
});
