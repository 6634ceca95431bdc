/** Pixels of the picture; it is stretched to the width of its cell. */
export const LINE_WIDTH = 198;
export const LINE_HEIGHT = 38;

/** The line and what lies under it, as SVG paths. A gap in the values is a gap in both. */
export function timeLine(values: readonly (number | null)[]): { line: string; area: string } {
	const lines: string[] = [];
	const areas: string[] = [];
	for (const run of runsOf(values)) {
		const points = run.map(({ index, value }) => {
			const x = (index / Math.max(1, values.length - 1)) * LINE_WIDTH;
			const y = LINE_HEIGHT - 1 - Math.max(0, Math.min(1, value)) * (LINE_HEIGHT - 3);
			return { x: x.toFixed(1), y: y.toFixed(1) };
		});
		const path = points.map(({ x, y }) => `${x} ${y}`).join('L');
		const first = points[0]?.x ?? '0';
		const last = points.at(-1)?.x ?? '0';
		// A single reading is a point: a line of no length, with round ends.
		lines.push(run.length === 1 ? `M${path}L${path}` : `M${path}`);
		areas.push(`M${first} ${LINE_HEIGHT}L${path}L${last} ${LINE_HEIGHT}Z`);
	}
	return { line: lines.join(''), area: areas.join('') };
}

interface Reading {
	index: number;
	value: number;
}

function runsOf(values: readonly (number | null)[]): Reading[][] {
	const runs: Reading[][] = [];
	let isOpen = false;
	for (const [index, value] of values.entries()) {
		if (value === null) {
			isOpen = false;
			continue;
		}
		if (!isOpen) {
			runs.push([]);
			isOpen = true;
		}
		runs.at(-1)?.push({ index, value });
	}
	return runs;
}
