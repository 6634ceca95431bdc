/**
 * One value for every interval, so that a gap in the samples is a gap in the picture; the newest
 * sample is the last.
 */
export function alignSeries<Sample extends { time: number }>(
	samples: readonly Sample[],
	valueOf: (sample: Sample) => number | null,
	{ intervalSeconds, length }: { intervalSeconds: number; length: number }
): (number | null)[] {
	const series = Array.from<number | null>({ length }).fill(null);
	const newest = samples.at(-1)?.time ?? 0;
	for (const sample of samples) {
		const age = Math.round((newest - sample.time) / intervalSeconds);
		if (age < length) {
			series[length - 1 - age] = valueOf(sample);
		}
	}
	return series;
}
