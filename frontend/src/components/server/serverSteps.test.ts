import { describe, expect, test } from 'vitest';

import { failed, running, starting } from '../../testing/values';
import { serverSteps } from './serverSteps';

const BEGAN = 1_000_000;
const STEPS = { began: BEGAN, process_seconds: 0.4, loading_seconds: 1.9 };

function read(state: Parameters<typeof serverSteps>[0], now = BEGAN + 10): string[] {
	return serverSteps(state, now).map(({ label, note, state: how }) =>
		`${how}: ${label}, ${note}`.replaceAll('\u00a0', ' ').replace(/\d\d:\d\d:\d\d/, 'TIME')
	);
}

describe('the steps of the server', () => {
	test('rest where no model is loaded', () => {
		expect(read({ type: 'stopped' })[0]).toBe('rest: Stopped, no model loaded');
		expect(read({ type: 'stopped' })[3]).toBe('todo: Running, ');
	});

	test('say how long a start has lasted, before and after the process is there', () => {
		const none = { began: BEGAN, process_seconds: null, loading_seconds: null };
		expect(read(starting({ steps: none }))).toEqual([
			'done: Stopped, until TIME',
			'work: Starting, 10 s',
			'todo: Loading model, ',
			'todo: Running, '
		]);
		const loading = { ...none, process_seconds: 0.4 };
		expect(read(starting({ steps: loading, progress: 0.48 }))).toEqual([
			'done: Stopped, until TIME',
			'done: Starting, process, 0.40 s',
			'work: Loading model, 48 %, 9 s',
			'todo: Running, '
		]);
		const vision = starting({ steps: loading, stage: 'vision', progress: 0.48 });
		expect(read(vision)[2]).toBe('work: Loading model, vision 48 %, 9 s');
		const last = starting({ steps: loading, stage: 'preparing' });
		expect(read(last)[2]).toBe('work: Loading model, preparing, 9 s');
	});

	test('say what each took once the model runs, with its layers where they are told', () => {
		const state = running({ steps: STEPS, since: BEGAN + 2 });
		expect(read(state)[2]).toBe('done: Loading model, 1.9 s');
		expect(read(state)[3]).toBe('now: Running, for 8 s');
		const onGpu = { ...state, model: { ...state.model, layers_on_gpu: 37, layers: 37 } };
		expect(read(onGpu)[2]).toBe('done: Loading model, 37 of 37 layers, 1.9 s');
	});

	test('name a failure at the step where it happened', () => {
		const loading = { ...failed(), steps: { ...STEPS, loading_seconds: 2.3 } };
		expect(read(loading).slice(2)).toEqual([
			'bad: Loading model, failed after 2.3 s',
			'todo: Running, not reached'
		]);
		const early = { ...loading, steps: { ...STEPS, process_seconds: null, loading_seconds: null } };
		expect(read(early)[1]).toBe('bad: Starting, failed at TIME');
		const later = { ...failed({ while_loading: false }), steps: STEPS };
		expect(read(later)[3]).toBe('bad: Running, failed at TIME');
	});

	test('name a stop at the step that it ends', () => {
		const stopping = { type: 'stopping' as const, config: running().config, steps: STEPS };
		expect(read(stopping)[3]).toBe('work: Stopping, ');
		const early = { ...stopping, steps: { ...STEPS, loading_seconds: null } };
		expect(read(early)[2]).toBe('work: Stopping, ');
	});
});
