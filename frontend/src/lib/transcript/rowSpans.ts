/** Which rows of a long column are near what is seen. Pure. */

/** Rows from `start` up to but without `end`. */
export interface RowSpan {
	readonly start: number;
	readonly end: number;
}

export interface View {
	readonly top: number;
	readonly height: number;
}

/** The rows of which something lies between `from` and `to`. */
export function rowsBetween(heights: readonly number[], from: number, to: number): RowSpan {
	let start = 0;
	let bottom = 0;
	for (; start < heights.length; start += 1) {
		bottom += heights[start] ?? 0;
		if (bottom > from) {
			break;
		}
	}
	start = Math.max(0, Math.min(start, heights.length - 1));
	let end = start;
	for (; end < heights.length && (end === start || bottom < to); end += 1) {
		bottom += end === start ? 0 : (heights[end] ?? 0);
	}
	return { start, end };
}

/** How far around the view, in heights of the view. */
interface Reach {
	/** Is drawn before the next frame. */
	readonly now: number;
	/** Is drawn soon, a row in a frame. */
	readonly soon: number;
	/** May stay. */
	readonly kept: number;
}

const REACH: Reach = { now: 0.2, soon: 1, kept: 3 };

/**
 * What is drawn next, given what is drawn: all that is seen at once, one row more of what is near,
 * and no more of what is far. The same span means that it is as it should be.
 */
export function nextSpan(
	heights: readonly number[],
	drawn: RowSpan,
	{ top, height }: View,
	isTrimmed: boolean
): RowSpan {
	function around(reach: number): RowSpan {
		return rowsBetween(heights, top - reach * height, top + height + reach * height);
	}

	const now = around(REACH.now);
	if (now.start >= drawn.end || now.end <= drawn.start) {
		return now;
	}
	let start = Math.min(drawn.start, now.start);
	let end = Math.max(drawn.end, now.end);
	const soon = around(REACH.soon);
	if (start === drawn.start && end === drawn.end) {
		if (end < soon.end) {
			end += 1;
		} else if (start > soon.start) {
			start -= 1;
		}
	}
	if (isTrimmed) {
		const kept = around(REACH.kept);
		start = Math.max(start, kept.start);
		end = Math.min(end, kept.end);
	}
	return start === drawn.start && end === drawn.end ? drawn : { start, end };
}

/** A row that is drawn, and the room of those before it that are not. */
export interface DrawnRow {
	readonly row: number;
	readonly gap: number;
}

/** The rows of a span and some others besides, with the room between them and behind them. */
export function layRows(
	heights: readonly number[],
	{ start, end }: RowSpan,
	others: readonly number[]
): { rows: DrawnRow[]; gap: number } {
	const rows: DrawnRow[] = [];
	let gap = 0;
	heights.forEach((height, row) => {
		if ((row >= start && row < end) || others.includes(row)) {
			rows.push({ row, gap });
			gap = 0;
		} else {
			gap += height;
		}
	});
	return { rows, gap };
}
