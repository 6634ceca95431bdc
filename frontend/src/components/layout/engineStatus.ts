import type { MetricsSample, Starting } from '../../lib/backend/protocol';
import { formatLiveSpeed, formatMemoryOf, formatShare, formatTime } from '../../lib/format';
import type { ServerStore } from '../../lib/stores/serverStore.svelte';
import { alignSeries } from '../../lib/timeSeries';
import { words } from '../../lib/words/en';

/** What the model does, as the page hears of it; `null`: nothing. */
export type Activity = { kind: 'reading' | 'generating'; tokensPerSecond: number | null } | null;

/** What the pill shows: a sign, a word, a figure beside it, and two figures below. */
export interface EngineStatus {
	dot: 'off' | 'work' | 'ok' | 'bad';
	word: string;
	rate: string;
	left: string;
	right: string;
}

type Head = Pick<EngineStatus, 'dot' | 'word' | 'rate'>;

/** Puts state, activity and figures into words. Decides nothing else. */
export function engineStatus(
	server: Pick<ServerStore, 'state' | 'problem'>,
	activity: Activity,
	sample: MetricsSample | null
): EngineStatus {
	const { state, problem } = server;
	if (state.type === 'failed') {
		const { headline, while_loading: whileLoading, time } = state.failure;
		const word = whileLoading ? words.engine.notLoaded : words.engine.stopped;
		return { dot: 'bad', word, rate: '', left: headline, right: formatTime(time) };
	}
	if (state.type === 'stopped') {
		const head: Head = problem
			? { dot: 'bad', word: words.engine.notLoaded, rate: '' }
			: { dot: 'off', word: words.engine.stopped, rate: '' };
		return { ...head, left: words.engine.noModel, right: '' };
	}
	if (state.type === 'starting' && state.silent_seconds !== null) {
		const left = words.engine.seemsStuck(state.silent_seconds);
		return { ...headOf(state, activity), left, right: '' };
	}
	if (state.type === 'starting' && state.recovers_from !== null) {
		const { progress } = state;
		const left = progress === null ? '' : words.engine.loadingShare(formatShare(progress));
		return { ...headOf(state, activity), left, right: '' };
	}
	return { ...headOf(state, activity), ...figuresOf(sample) };
}

function headOf(
	state: Exclude<ServerStore['state'], { type: 'failed' | 'stopped' }>,
	activity: Activity
): Head {
	switch (state.type) {
		case 'starting':
			if (state.recovers_from !== null) {
				return { dot: 'work', word: words.engine.restarting, rate: '' };
			}
			return {
				dot: 'work',
				word: loadingWord(state),
				rate: state.progress === null ? '' : formatShare(state.progress)
			};
		case 'stopping':
			return { dot: 'work', word: words.engine.stopping, rate: '' };
		case 'running':
			return activityHead(activity);
		default:
			return state satisfies never;
	}
}

function loadingWord({ stage, progress }: Starting): string {
	if (stage === 'preparing') {
		return words.engine.preparing;
	}
	return stage === null && progress === null ? words.engine.starting : words.engine.loading;
}

function activityHead(activity: Activity): Head {
	if (activity === null) {
		return { dot: 'ok', word: words.engine.ready, rate: '' };
	}
	const { kind, tokensPerSecond } = activity;
	const rate = tokensPerSecond === null ? '' : formatLiveSpeed(tokensPerSecond);
	return { dot: 'work', word: words.engine[kind], rate };
}

/** Of the GPU where there is one, else of the processor. */
function figuresOf(sample: MetricsSample | null): Pick<EngineStatus, 'left' | 'right'> {
	if (sample === null) {
		return { left: '', right: '' };
	}
	const gpu = sample.gpus?.[0];
	if (gpu !== undefined) {
		return {
			left: words.engine.gpu(percent(gpu.load_percent)),
			right: words.engine.vram(formatMemoryOf(gpu.memory_used_bytes, gpu.memory_total_bytes))
		};
	}
	const { cpu_percent, machine_memory_used_bytes, machine_memory_total_bytes } = sample;
	return {
		left: words.engine.cpu(percent(cpu_percent)),
		right: words.engine.ram(formatMemoryOf(machine_memory_used_bytes, machine_memory_total_bytes))
	};
}

/** 0 to 1, what the weave shows: the GPU's load where there is one, else the processor's. */
export function loadOf(sample: MetricsSample): number | null {
	const gpu = sample.gpus?.[0];
	const value = gpu === undefined ? sample.cpu_percent : gpu.load_percent;
	return value === null ? null : value / 100;
}

/** One load for every interval; see `alignSeries`. */
export function loadSeries(
	samples: readonly MetricsSample[],
	intervalSeconds: number,
	length: number
): (number | null)[] {
	return alignSeries(samples, loadOf, { intervalSeconds, length });
}

function percent(value: number | null): string {
	return formatShare(value === null ? null : value / 100);
}
