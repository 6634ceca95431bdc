import { describe, expect, test } from 'vitest';

import { aSample, failed, running, starting } from '../../testing/values';
import { engineStatus, loadSeries } from './engineStatus';

const GPU = {
	index: 0,
	name: 'GeForce RTX 4070',
	load_percent: 93.4,
	memory_used_bytes: 7.9 * 1024 ** 3,
	memory_total_bytes: 12 * 1024 ** 3,
	memory_process_bytes: null,
	memory_reserved_bytes: null,
	temperature_celsius: null,
	power_watts: null,
	clock_megahertz: null,
	memory_clock_megahertz: null,
	fan_percent: null,
	is_instance: false,
	energy_joules: null
};

function status(
	state: Parameters<typeof engineStatus>[0]['state'],
	activity: Parameters<typeof engineStatus>[1] = null,
	sample: Parameters<typeof engineStatus>[2] = null
) {
	const shown = engineStatus({ state, problem: null }, activity, sample);
	const plain = Object.entries(shown).map(([key, text]) => [key, text.replaceAll('\u00a0', ' ')]);
	return Object.fromEntries(plain) as typeof shown;
}

describe('the word in the pill', () => {
	test('says each state', () => {
		expect(status({ type: 'stopped' })).toMatchObject({ dot: 'off', word: 'Stopped' });
		expect(status(starting())).toMatchObject({ dot: 'work', word: 'Starting', rate: '' });
		expect(status(starting({ progress: 0.48 }))).toMatchObject({
			word: 'Loading model',
			rate: '48 %'
		});
		expect(status(starting({ stage: 'weights' })).word).toBe('Loading model');
		expect(status(starting({ stage: 'preparing' }))).toMatchObject({ word: 'Preparing', rate: '' });
		expect(status(running())).toMatchObject({ dot: 'ok', word: 'Ready' });
	});

	test('says what the model does, with its measured speed', () => {
		expect(status(running(), { kind: 'reading', tokensPerSecond: 1930 })).toMatchObject({
			dot: 'work',
			word: 'Reading',
			rate: '1,930 tok/s'
		});
		expect(status(running(), { kind: 'generating', tokensPerSecond: null })).toMatchObject({
			word: 'Generating',
			rate: ''
		});
	});

	test('tells a load that failed from a model that ran and stopped', () => {
		expect(status(failed())).toMatchObject({
			dot: 'bad',
			word: 'Not loaded',
			left: 'out of memory'
		});
		expect(status(failed({ while_loading: false, headline: 'crashed' }))).toMatchObject({
			word: 'Stopped',
			left: 'crashed'
		});
	});

	test('says when a load seems stuck', () => {
		expect(status(starting({ silent_seconds: 42 })).left).toBe('No sign of life for 42 s');
	});

	test('says that a crashed server comes back by itself', () => {
		const recovers_from = failed({ while_loading: false }).failure;
		expect(status(starting({ recovers_from }))).toMatchObject({ dot: 'work', word: 'Restarting' });
		expect(status(starting({ recovers_from, progress: 0.48 })).left).toBe('loading model, 48 %');
	});
});

describe('the figures', () => {
	test('are the GPU’s where there is one', () => {
		const shown = status(running(), null, aSample({ gpus: [GPU] }));
		expect(shown).toMatchObject({ left: 'GPU 93 %', right: 'VRAM 7.9 of 12 GB' });
	});

	test('are the processor’s where there is none', () => {
		expect(status(running(), null, aSample())).toMatchObject({
			left: 'CPU 31 %',
			right: 'RAM 7.9 of 16 GB'
		});
	});

	test('are not available where they cannot be read, and none before the first sample', () => {
		const blind = aSample({ cpu_percent: null, machine_memory_used_bytes: null });
		expect(status(running(), null, blind)).toMatchObject({
			left: 'CPU not available',
			right: 'RAM not available'
		});
		expect(status(running())).toMatchObject({ left: '', right: '' });
	});
});

test('a gap in the samples is a gap in the series, newest last', () => {
	const samples = [
		aSample({ time: 100, cpu_percent: 10 }),
		aSample({ time: 102.1, cpu_percent: 20 }),
		aSample({ time: 108, cpu_percent: 50 }),
		aSample({ time: 110, cpu_percent: null })
	];
	expect(loadSeries(samples, 2, 7)).toEqual([null, 0.1, 0.2, null, null, 0.5, null]);
	expect(loadSeries([], 2, 3)).toEqual([null, null, null]);
});
