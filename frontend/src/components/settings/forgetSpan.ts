/** From `since` on, before `until`, in seconds since the epoch. */
export interface ForgetSpan {
	since?: number;
	until?: number;
}

/** The days from one to the other, both whole, as the person's own calendar has them; `null`: none. */
export function spanOf(from: string, to: string): ForgetSpan | null {
	const since = dayStart(from, 0);
	const until = dayStart(to, 1);
	if ((since === null && until === null) || (since !== null && until !== null && until <= since)) {
		return null;
	}
	return { ...(since !== null && { since }), ...(until !== null && { until }) };
}

function dayStart(day: string, later: number): number | null {
	const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
	if (match === null) {
		return null;
	}
	const [, year, month, date] = match;
	return new Date(Number(year), Number(month) - 1, Number(date) + later).getTime() / 1000;
}
