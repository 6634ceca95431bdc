import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, test } from 'vitest';

import Slider from './Slider.svelte';

test('a slider is named, and read out in words', async () => {
	const values: number[] = [];
	render(Slider, {
		label: 'Context size',
		value: 14,
		min: 10,
		max: 18,
		valueText: '16k tokens',
		oninput: (value: number) => values.push(value)
	});

	const slider = screen.getByRole('slider', { name: 'Context size' });
	expect(slider).toHaveAttribute('aria-valuetext', '16k tokens');
	await fireEvent.input(slider, { target: { value: '15' } });

	expect(values).toEqual([15]);
});
