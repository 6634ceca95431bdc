import { render, screen } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { expect, test } from 'vitest';

import InlineNotice from './InlineNotice.svelte';

test('a failure is told at once', () => {
	render(InlineNotice, { tone: 'danger', title: 'Not loaded', text: 'Out of memory.' });
	expect(screen.getByRole('alert')).toHaveTextContent('Not loaded');
});

test('what is only good to know waits its turn', () => {
	render(InlineNotice, { tone: 'sky', title: 'Memory is off', text: 'Nothing is used.' });
	expect(screen.getByRole('status')).toHaveTextContent('Memory is off');
});

test('it is dismissed by keyboard', async () => {
	let dismissals = 0;
	const user = userEvent.setup();
	render(InlineNotice, {
		tone: 'warn',
		title: 'Almost full',
		text: 'Little is left.',
		dismissLabel: 'Dismiss',
		ondismiss: () => dismissals++
	});

	await user.tab();
	expect(screen.getByRole('button', { name: 'Dismiss' })).toHaveFocus();
	await user.keyboard('{Enter}');

	expect(dismissals).toBe(1);
});
