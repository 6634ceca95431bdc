import { render, screen } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { expect, test } from 'vitest';

import FileChip from './FileChip.svelte';

test('a file is opened and removed by keyboard, each by its own name', async () => {
	const done: string[] = [];
	const user = userEvent.setup();
	render(FileChip, {
		name: 'tent-log.csv',
		note: '3,560 tokens',
		openLabel: 'Open tent-log.csv',
		removeLabel: 'Remove tent-log.csv',
		onopen: () => done.push('open'),
		onremove: () => done.push('remove')
	});

	await user.tab();
	expect(screen.getByRole('button', { name: 'Open tent-log.csv' })).toHaveFocus();
	await user.keyboard('{Enter}');
	await user.tab();
	expect(screen.getByRole('button', { name: 'Remove tent-log.csv' })).toHaveFocus();
	await user.keyboard('{Enter}');

	expect(done).toEqual(['open', 'remove']);
	expect(screen.getByText('3,560 tokens')).toBeVisible();
});

test('a file that cannot be opened yet is no button', () => {
	render(FileChip, { name: 'arriving.txt' });
	expect(screen.queryByRole('button')).toBeNull();
});
