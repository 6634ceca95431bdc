/** So many intervals after the one before it, a sample is late; after more, one is missing. */
const LATE_INTERVALS = 1.9;

/**
 * One value for every interval, so that a gap in the samples is a gap in the picture; the newest
 * sample is the last. A sample that only came a little late leaves no gap.
 */
export function alignSeries<Sample extends { time: number }>(
	samples: readonly Sample[],
	valueOf: (sample: Sample) => number | null,
	{ intervalSeconds, length }: { intervalSeconds: number; length: number }
): (number | null)[] {
	const series = Array.from<number | null>({ length }).fill(null);
	const newest = samples.at(-1)?.time ?? 0;
	let before = { time: -Infinity, index: -Infinity };
	for (const sample of samples) {
		const index = length - 1 - Math.round((newest - sample.time) / intervalSeconds);
		const value = valueOf(sample);
		if (index >= 0) {
			series[index] = value;
		}
		const isLate = sample.time - before.time < LATE_INTERVALS * intervalSeconds;
		if (isLate && before.index === index - 2 && index >= 1) {
			series[index - 1] = value;
		}
		before = { time: sample.time, index };
	}
	return series;
}
