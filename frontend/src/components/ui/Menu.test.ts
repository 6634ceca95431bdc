import { render, screen } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { beforeEach, expect, test } from 'vitest';

// Fetched when it is first needed; the test need not wait for it.
import './MenuLayer.svelte';
import Menu from './Menu.svelte';
import type { MenuItem } from './menuItem';

let chosen: string[];
let items: MenuItem[];
let anchor: HTMLElement;

beforeEach(() => {
	document.body.innerHTML = '<main><button type="button" id="anchor">More</button></main>';
	anchor = document.getElementById('anchor') ?? document.body;
	anchor.focus();
	chosen = [];
	items = [
		{ id: 'rename', label: 'Rename', keys: 'F2', onselect: () => chosen.push('rename') },
		{ id: 'pin', label: 'Pin', isDisabled: true, onselect: () => chosen.push('pin') },
		{
			id: 'delete',
			label: 'Delete',
			isDanger: true,
			startsGroup: true,
			onselect: () => chosen.push('delete')
		}
	];
});

async function open(onclose: () => void = () => undefined) {
	const props = { label: 'Actions for Bread', items, open: true, anchor, onclose };
	render(Menu, { props });
	return await screen.findByRole('menu', { name: 'Actions for Bread' });
}

test('arrow keys move through a named menu, past what is disabled, and Enter chooses', async () => {
	const user = userEvent.setup();
	const menu = await open();
	menu.focus();

	await user.keyboard('{ArrowDown}');
	expect(screen.getByRole('menuitem', { name: /Rename/ })).toHaveFocus();
	await user.keyboard('{ArrowDown}');
	expect(screen.getByRole('menuitem', { name: 'Delete' })).toHaveFocus();
	await user.keyboard('{Enter}');

	expect(chosen).toEqual(['delete']);
});

test('Escape closes and the focus goes back', async () => {
	let closes = 0;
	const user = userEvent.setup();
	const menu = await open(() => closes++);
	menu.focus();

	await user.keyboard('{Escape}');

	expect(closes).toBe(1);
	expect(chosen).toEqual([]);
	await expect.poll(() => document.activeElement).toBe(anchor);
});

test('a disabled action is shown and not done', async () => {
	await open();
	const item = screen.getByRole('menuitem', { name: 'Pin' });
	expect(item).toHaveAttribute('aria-disabled', 'true');
	item.click();
	expect(chosen).toEqual([]);
});

test('the menu stays inside of a landmark', async () => {
	expect((await open()).closest('main')).not.toBeNull();
});
