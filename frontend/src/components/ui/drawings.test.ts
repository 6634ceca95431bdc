import { render } from '@testing-library/svelte';
import { describe, expect, test } from 'vitest';

import Icon from './Icon.svelte';
import { type IconName, icons } from './icons';
import LlamaMark from './LlamaMark.svelte';
import PulseSquares from './PulseSquares.svelte';
import Squares from './Squares.svelte';
import StateDot from './StateDot.svelte';
import Weave from './Weave.svelte';
import WeaveGlyph from './WeaveGlyph.svelte';
import { weaveMotif } from './weaveGlyph';

/** How many squares are lit, a partly lit one counting by its opacity. */
function lit(container: Element): number[] {
	return [...container.querySelectorAll('.lit')].map((rect) =>
		Number(rect.getAttribute('opacity') ?? 1)
	);
}

test('drawings are silent: the words beside them are the accessible value', () => {
	const drawings = [
		render(Icon, { name: 'copy' }),
		render(LlamaMark, {}),
		render(PulseSquares),
		render(Squares, { share: 0.5 }),
		render(StateDot, { state: 'ok' }),
		render(Weave, { values: [0.5] }),
		render(WeaveGlyph, { name: 'Qwen' })
	];
	for (const { container } of drawings) {
		expect(container.firstElementChild).toHaveAttribute('aria-hidden', 'true');
	}
});

test.each(Object.keys(icons) as IconName[])('the icon %s draws something', (name) => {
	const { container } = render(Icon, { name });
	expect(container.querySelectorAll('path, circle, rect').length).toBeGreaterThan(0);
});

describe('squares', () => {
	test('are lit as far as the share goes, the last one dimmed', () => {
		const { container } = render(Squares, { share: 0.48, count: 10 });
		const opacities = lit(container);
		expect(opacities.slice(0, 4)).toEqual([1, 1, 1, 1]);
		expect(opacities[4]).toBeCloseTo(0.65);
		expect(opacities.slice(5)).toEqual([0, 0, 0, 0, 0]);
	});

	test('are all lit at the end and none at the start', () => {
		expect(lit(render(Squares, { share: 1 }).container)).toEqual(Array(10).fill(1));
		expect(lit(render(Squares, { share: 0 }).container)).toEqual(Array(10).fill(0));
	});
});

describe('the weave', () => {
	test('has five squares for every column', () => {
		const { container } = render(Weave, { values: [], columns: 55 });
		expect(container.querySelectorAll('rect')).toHaveLength(275);
		expect(lit(container)).toEqual([]);
	});

	test('lights the newest column on the right; what was not measured stays dark', () => {
		const { container } = render(Weave, { values: [1, null, 1], columns: 10 });
		const columns = [...container.querySelectorAll('.lit')].map((rect) =>
			Number(rect.getAttribute('x'))
		);
		expect(new Set(columns)).toEqual(new Set([28, 36]));
	});
});

describe('the glyph of a name', () => {
	test('is the same for the same name, however it is written', () => {
		expect(weaveMotif('Qwen')).toEqual(weaveMotif('qwen'));
		expect(weaveMotif('Qwen')).not.toEqual(weaveMotif('Google'));
	});

	test.each(['Qwen', 'Google', 'Mistral AI', 'Meta', '', '漢字'])('of “%s” is mirrored', (name) => {
		const { cells, dye } = weaveMotif(name);
		expect(dye).toBeGreaterThanOrEqual(1);
		expect(dye).toBeLessThanOrEqual(6);
		const has = new Set(cells.map(({ x, y }) => `${x} ${y}`));
		for (const { x, y } of cells) {
			expect(has).toContain(`${4 - x} ${y}`);
			expect(has).toContain(`${x} ${4 - y}`);
			expect(has).toContain(`${y} ${x}`);
		}
	});
});
