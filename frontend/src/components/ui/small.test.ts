import { render } from '@testing-library/svelte';
import { createRawSnippet } from 'svelte';
import { expect, test } from 'vitest';

import Kbd from './Kbd.svelte';
import Tag from './Tag.svelte';

test('key caps are keys to a screen reader', () => {
	const { container } = render(Kbd, { keys: ['Ctrl', 'Shift', 'M'] });
	const caps = [...container.querySelectorAll('kbd')].map((cap) => cap.textContent);
	expect(caps).toEqual(['Ctrl', 'Shift', 'M']);
});

test('a tag says its state in words, not by its colour alone', () => {
	const children = createRawSnippet(() => ({ render: () => '<span>Loaded</span>' }));
	const { container } = render(Tag, { tone: 'ok', children });
	expect(container).toHaveTextContent('Loaded');
});
