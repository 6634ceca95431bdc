import { describe, expect, it } from 'vitest';

import { spanOf } from './forgetSpan';

describe('the days that are to be forgotten', () => {
	it('are whole days of the calendar on the wall', () => {
		const day = new Date(2026, 2, 2).getTime() / 1000;
		const next = new Date(2026, 2, 3).getTime() / 1000;
		expect(spanOf('2026-03-02', '2026-03-02')).toEqual({ since: day, until: next });
		expect(spanOf('2026-03-02', '')).toEqual({ since: day });
		expect(spanOf('', '2026-03-02')).toEqual({ until: next });
	});

	it('are none where none is chosen, or the last comes before the first', () => {
		expect(spanOf('', '')).toBeNull();
		expect(spanOf('2026-03-03', '2026-03-02')).toBeNull();
	});
});
