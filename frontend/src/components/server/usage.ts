import type { GpuSample, MetricsSample } from '../../lib/backend/protocol';
import { formatCount, formatMemory, formatShare, NOT_AVAILABLE } from '../../lib/format';
import { alignSeries } from '../../lib/timeSeries';
import { words } from '../../lib/words/en';

/** What one cell of the usage graph shows. */
export interface Usage {
	id: 'gpu' | 'vram' | 'cpu' | 'ram';
	label: string;
	/** Of what, in a few words. */
	caption: string;
	figure: string;
	isKnown: boolean;
	/** Compute glows, memory only fills. */
	glows: boolean;
	/** 0 to 1 now; `null`: not available. */
	share: number | null;
	/** The same for the last two minutes, a gap is `null`. */
	series: (number | null)[];
	/** In words what the highest and the average of these mean; by the same unit as `figure`. */
	formatOf: (share: number | null) => string;
}

const SERIES = { intervalSeconds: 2, length: 60 };
const text = words.serverPage.usage;

/** The four cells, in the order in which they stand. */
export function usagesOf(samples: readonly MetricsSample[]): Usage[] {
	const latest = samples.at(-1) ?? null;
	return [
		compute('gpu', gpuCaption(latest), samples, (sample) => gpuLoad(gpusOf(sample))),
		memory('vram', samples, vramOf),
		compute('cpu', cpuCaption(latest), samples, (sample) => sample.cpu_percent),
		memory('ram', samples, ramOf)
	];
}

/** The GPUs that the server is on; where the driver does not tell, all that there are. */
export function gpusOf(sample: MetricsSample): GpuSample[] {
	const gpus = sample.gpus ?? [];
	const ours = gpus.filter((gpu) => (gpu.memory_process_bytes ?? 0) > 0);
	return ours.length > 0 ? ours : gpus;
}

function gpuLoad(gpus: readonly GpuSample[]): number | null {
	const loads = gpus.map((gpu) => gpu.load_percent);
	const known = loads.filter((load) => load !== null);
	return known.length === 0 ? null : known.reduce((sum, load) => sum + load, 0) / known.length;
}

interface Memory {
	used: number | null;
	total: number | null;
	/** Whether `used` counts what other programs hold. */
	ofAll: boolean;
}

function vramOf(sample: MetricsSample): Memory {
	const gpus = gpusOf(sample);
	const total = sumOf(gpus.map((gpu) => gpu.memory_total_bytes));
	const ours = sumOf(gpus.map((gpu) => gpu.memory_process_bytes));
	return ours === null
		? { used: sumOf(gpus.map((gpu) => gpu.memory_used_bytes)), total, ofAll: true }
		: { used: ours, total, ofAll: false };
}

function ramOf(sample: MetricsSample): Memory {
	return { used: sample.memory_bytes, total: sample.machine_memory_total_bytes, ofAll: false };
}

/** `null` as soon as one of them is not known. */
function sumOf(values: readonly (number | null)[]): number | null {
	return values.length === 0
		? null
		: values.reduce<number | null>(
				(sum, value) => (sum === null || value === null ? null : sum + value),
				0
			);
}

function compute(
	id: 'gpu' | 'cpu',
	caption: string,
	samples: readonly MetricsSample[],
	percentOf: (sample: MetricsSample) => number | null
): Usage {
	function shareOf(sample: MetricsSample): number | null {
		const percent = percentOf(sample);
		return percent === null ? null : percent / 100;
	}
	const latest = samples.at(-1);
	const share = latest === undefined ? null : shareOf(latest);
	return {
		id,
		label: text[id],
		caption,
		figure: formatShare(share),
		isKnown: share !== null,
		glows: true,
		share,
		series: alignSeries(samples, shareOf, SERIES),
		formatOf: formatShare
	};
}

function memory(
	id: 'vram' | 'ram',
	samples: readonly MetricsSample[],
	memoryOf: (sample: MetricsSample) => Memory
): Usage {
	function shareOf(sample: MetricsSample): number | null {
		const { used, total } = memoryOf(sample);
		return used === null || total === null || total === 0 ? null : used / total;
	}
	const latest = samples.at(-1);
	const { used, total, ofAll } = latest
		? memoryOf(latest)
		: { used: null, total: null, ofAll: false };
	return {
		id,
		label: text[id],
		caption:
			id === 'vram' && latest?.gpu_shares_ram
				? text.sharedWithRam
				: used === null || total === null
					? ''
					: memoryCaption(total, ofAll),
		figure: formatMemory(used),
		isKnown: used !== null,
		glows: false,
		share: latest === undefined ? null : shareOf(latest),
		series: alignSeries(samples, shareOf, SERIES),
		formatOf: (share) =>
			share === null || total === null ? NOT_AVAILABLE : formatMemory(share * total)
	};
}

function memoryCaption(total: number, ofAll: boolean): string {
	const whole = `${formatCount(Math.max(1, total / 1024 ** 3))}\u00a0GB`;
	return ofAll ? text.ofAllPrograms(whole) : text.of(whole);
}

function gpuCaption(sample: MetricsSample | null): string {
	const gpus = sample === null ? [] : gpusOf(sample);
	const [only] = gpus;
	return only === undefined ? '' : gpus.length === 1 ? only.name : text.gpus(gpus.length);
}

function cpuCaption(sample: MetricsSample | null): string {
	const threads = sample?.machine_threads ?? null;
	return threads === null ? '' : text.threads(threads);
}
