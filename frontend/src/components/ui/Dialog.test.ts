import { render, screen } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { createRawSnippet } from 'svelte';
import { beforeEach, expect, test } from 'vitest';

import Dialog from './Dialog.svelte';

const children = createRawSnippet(() => ({
	render: () => '<p>Text <input aria-label="Path" data-autofocus></p>'
}));

beforeEach(() => {
	document.body.innerHTML = '<button type="button" id="opener">Open</button>';
	document.getElementById('opener')?.focus();
});

function show(onclose: () => void = () => undefined) {
	return render(Dialog, { title: 'Add a folder', closeLabel: 'Close', onclose, children });
}

test('a dialog is modal, named by its title, and its field has the focus first', () => {
	show();

	expect(screen.getByRole('dialog', { name: 'Add a folder' })).toHaveAttribute('open');
	expect(screen.getByRole('textbox', { name: 'Path' })).toHaveFocus();
});

test('Escape asks its owner to close it', () => {
	let closes = 0;
	show(() => closes++);

	const cancel = new Event('cancel', { cancelable: true });
	screen.getByRole('dialog').dispatchEvent(cancel);

	expect(closes).toBe(1);
	expect(cancel.defaultPrevented).toBe(true);
});

test('the close button works by keyboard', async () => {
	let closes = 0;
	const user = userEvent.setup();
	show(() => closes++);

	screen.getByRole('button', { name: 'Close' }).focus();
	await user.keyboard('{Enter}');

	expect(closes).toBe(1);
});

test('a press on the scrim closes, a press inside does not', async () => {
	let closes = 0;
	const user = userEvent.setup();
	show(() => closes++);

	await user.click(screen.getByText('Text'));
	expect(closes).toBe(0);
	await user.click(screen.getByRole('dialog'));
	expect(closes).toBe(1);
});

test('the focus goes back to the opener', () => {
	const { unmount } = show();
	unmount();
	expect(document.getElementById('opener')).toHaveFocus();
});

test('when the opener is gone the focus goes to the main part', () => {
	document.body.insertAdjacentHTML('beforeend', '<main tabindex="-1"></main>');
	const { unmount } = show();
	document.getElementById('opener')?.remove();

	unmount();

	expect(document.querySelector('main')).toHaveFocus();
});
