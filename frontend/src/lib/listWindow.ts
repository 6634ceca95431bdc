/** Which rows of a long grouped list are near what is seen; the rest is only room. */

/** Measures of the list, in the window's pixels. */
export interface ListMeasures {
	row: number;
	heading: number;
	/** The first heading stands nearer to the top. */
	firstHeading: number;
}

/** The rows of one group that are drawn: from `start` up to but without `end`. */
export interface RowRange {
	start: number;
	end: number;
}

/** For each group the rows that lie in the view or within a view's height of it. */
export function visibleRows(
	groupSizes: readonly number[],
	view: { top: number; height: number },
	measures: ListMeasures
): RowRange[] {
	const from = view.top - view.height;
	const to = view.top + 2 * view.height;
	let top = 0;
	return groupSizes.map((size, index) => {
		const rows = top + (index === 0 ? measures.firstHeading : measures.heading);
		top = rows + size * measures.row;
		const start = clamp(Math.floor((from - rows) / measures.row), size);
		return { start, end: Math.max(start, clamp(Math.ceil((to - rows) / measures.row), size)) };
	});
}

/** Where a row begins. */
export function rowTop(
	groupSizes: readonly number[],
	group: number,
	row: number,
	measures: ListMeasures
): number {
	const before = groupSizes.slice(0, group).reduce((sum, size) => sum + size, 0);
	return measures.firstHeading + group * measures.heading + (before + row) * measures.row;
}

function clamp(value: number, max: number): number {
	return Math.max(0, Math.min(max, value));
}
