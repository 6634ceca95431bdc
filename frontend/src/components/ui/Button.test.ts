import { render, screen } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { createRawSnippet } from 'svelte';
import { expect, test } from 'vitest';

import Button from './Button.svelte';

const children = createRawSnippet(() => ({ render: () => '<span>Add folder</span>' }));

test('a button is named by its words and pressed with Enter and Space', async () => {
	const user = userEvent.setup();
	let presses = 0;
	render(Button, { children, icon: 'folderPlus', onclick: () => presses++ });

	await user.tab();
	expect(screen.getByRole('button', { name: 'Add folder' })).toHaveFocus();
	await user.keyboard('{Enter} ');

	expect(presses).toBe(2);
});

test('a button sends no form unless it is told to', () => {
	render(Button, { children });
	expect(screen.getByRole('button')).toHaveAttribute('type', 'button');
});

test('a disabled button is left out by Tab', async () => {
	render(Button, { children, disabled: true });
	await userEvent.setup().tab();
	expect(screen.getByRole('button')).not.toHaveFocus();
});
