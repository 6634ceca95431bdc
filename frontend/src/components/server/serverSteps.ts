import type { LaunchSteps, Running, ServerState } from '../../lib/backend/protocol';
import { formatClock, formatSeconds, formatShare, formatSpan } from '../../lib/format';
import { words } from '../../lib/words/en';

/** One of the four steps in the life of the server, as it stands now. */
export interface Step {
	id: 'stopped' | 'starting' | 'loading' | 'running';
	label: string;
	/** What was measured of it; empty: nothing is to be said. */
	note: string;
	state: 'done' | 'now' | 'rest' | 'work' | 'bad' | 'todo';
}

type Change = Partial<Omit<Step, 'id'>>;
type Launched = Exclude<ServerState, { type: 'stopped' }>;

const { state: names, step: text } = words.serverPage;
const NO_STEPS: LaunchSteps = { began: 0, process_seconds: null, loading_seconds: null };

/** The four steps, with what was measured of each; `now` is for those that last. */
export function serverSteps(state: ServerState, now: number): Step[] {
	if (state.type === 'stopped') {
		return build({ stopped: { state: 'rest', note: text.noModel } });
	}
	const steps = state.steps ?? NO_STEPS;
	const before = stepsBefore(state, steps);
	switch (state.type) {
		case 'starting':
			return build(before, whileStarting(state, steps, now));
		case 'running':
			return build(before, {
				running: { state: 'now', note: text.lasts(formatSpan(now - state.since)) }
			});
		case 'stopping':
			return build(before, {
				[currentStep(steps)]: { label: names.stopping, state: 'work', note: '' }
			});
		case 'failed':
			return build(before, whenFailed(state, steps));
		default:
			return state satisfies never;
	}
}

/** Which step a launch has come to. */
function currentStep(steps: LaunchSteps): Exclude<Step['id'], 'stopped'> {
	if (steps.loading_seconds !== null) {
		return 'running';
	}
	return steps.process_seconds === null ? 'starting' : 'loading';
}

/** Those that are over. */
function stepsBefore(state: Launched, steps: LaunchSteps): Partial<Record<Step['id'], Change>> {
	const { began, process_seconds: process, loading_seconds: loading } = steps;
	return {
		stopped: { state: 'done', note: began > 0 ? text.until(formatClock(began)) : '' },
		...(process !== null && {
			starting: { state: 'done', note: text.process(formatSeconds(process)) }
		}),
		...(loading !== null && {
			starting: {
				state: 'done',
				note: process === null ? '' : text.process(formatSeconds(process))
			},
			loading: { state: 'done', note: loadedNote(state, loading) }
		})
	};
}

function loadedNote(state: Launched, seconds: number): string {
	const layers = state.type === 'running' ? layersOf(state) : null;
	return [layers, formatSeconds(seconds)].filter((part) => part !== null).join(', ');
}

function layersOf({ model }: Running): string | null {
	const { layers_on_gpu: onGpu, layers } = model;
	return onGpu === null || layers === null ? null : text.layers(onGpu, layers);
}

function whileStarting(
	state: Extract<ServerState, { type: 'starting' }>,
	steps: LaunchSteps,
	now: number
): Partial<Record<Step['id'], Change>> {
	const { process_seconds: process, began } = steps;
	const elapsed = Math.max(0, now - began);
	const isAgain = state.recovers_from !== null;
	if (process === null) {
		const label = isAgain ? names.restarting : names.starting;
		return { starting: { label, state: 'work', note: formatSpan(elapsed) } };
	}
	const stage = state.stage === null ? '' : text.stage[state.stage];
	const share = state.progress === null ? '' : formatShare(state.progress);
	const done = [stage, share].join(' ').trim();
	const lasts = formatSpan(Math.max(0, elapsed - process));
	const note = done === '' ? lasts : `${done}, ${lasts}`;
	return { loading: { state: 'work', note } };
}

function whenFailed(
	{ failure }: Extract<ServerState, { type: 'failed' }>,
	steps: LaunchSteps
): Partial<Record<Step['id'], Change>> {
	if (!failure.while_loading) {
		return { running: { state: 'bad', note: text.failedAt(formatClock(failure.time)) } };
	}
	const running: Change = { note: text.notReached };
	if (steps.process_seconds === null) {
		const note = text.failedAt(formatClock(failure.time));
		return { starting: { state: 'bad', note }, loading: { note: text.notReached }, running };
	}
	const seconds = steps.loading_seconds ?? 0;
	return {
		loading: { state: 'bad', note: text.failedAfter(formatSeconds(seconds)) },
		running
	};
}

function build(...changes: Partial<Record<Step['id'], Change>>[]): Step[] {
	const ids = ['stopped', 'starting', 'loading', 'running'] as const;
	return ids.map((id) => ({
		id,
		label: names[id],
		note: '',
		state: 'todo',
		...Object.assign({}, ...changes.map((change) => change[id] ?? {}))
	}));
}
