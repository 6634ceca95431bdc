import { describe, expect, test } from 'vitest';

import type { GpuSample } from '../../lib/backend/protocol';
import { aSample } from '../../testing/values';
import { slotsOf } from './slots';
import { timeLine } from './timeLine';
import { usagesOf } from './usage';
import { describeGpu } from './usageDetails';

const GIB = 1024 ** 3;

function gpu(change: Partial<GpuSample> = {}): GpuSample {
	return {
		index: 0,
		name: 'RTX 4070',
		load_percent: 93,
		memory_used_bytes: 8 * GIB,
		memory_total_bytes: 12 * GIB,
		memory_process_bytes: 7 * GIB,
		memory_reserved_bytes: null,
		temperature_celsius: null,
		power_watts: null,
		clock_megahertz: null,
		memory_clock_megahertz: null,
		fan_percent: null,
		is_instance: false,
		energy_joules: null,
		...change
	};
}

function shown(...samples: Parameters<typeof usagesOf>[0]): Record<string, string> {
	return Object.fromEntries(
		usagesOf(samples).map(({ id, caption, figure }) => [
			id,
			`${figure} ${caption}`.replaceAll('\u00a0', ' ')
		])
	);
}

describe('what the server uses', () => {
	test('is read from the sample, each with what it is of', () => {
		const sample = aSample({ gpus: [gpu()], cpu_percent: 17, memory_bytes: 5.6 * GIB });
		expect(shown(sample)).toEqual({
			gpu: '93 % RTX 4070',
			vram: '7.0 GB of 12 GB',
			cpu: '17 % 16 threads',
			ram: '5.6 GB of 16 GB'
		});
	});

	test('is not available where nothing was measured, never nought', () => {
		expect(shown()).toMatchObject({ gpu: 'not available ', ram: 'not available ' });
		expect(shown(aSample({ gpus: null, cpu_percent: null, memory_bytes: null }))).toMatchObject({
			gpu: 'not available ',
			vram: 'not available ',
			cpu: 'not available 16 threads',
			ram: 'not available '
		});
		const [first] = usagesOf([aSample({ gpus: null })]);
		expect(first).toMatchObject({ share: null, isKnown: false });
	});

	test('says when only the memory of all programs is told', () => {
		const sample = aSample({ gpus: [gpu({ memory_process_bytes: null })] });
		expect(shown(sample).vram).toBe('8.0 GB of 12 GB, all programs');
	});

	test('is of the GPUs that the server is on', () => {
		const other = gpu({ index: 1, name: 'Other', load_percent: 1, memory_process_bytes: 0 });
		expect(shown(aSample({ gpus: [other, gpu()] })).gpu).toBe('93 % RTX 4070');
		const second = gpu({ index: 1, load_percent: 7 });
		expect(shown(aSample({ gpus: [gpu(), second] }))).toMatchObject({
			gpu: '50 % 2 GPUs',
			vram: '14.0 GB of 24 GB'
		});
	});

	test('tells of a part of a divided card why it has no temperature', () => {
		expect(describeGpu(gpu({ is_instance: true }))).toContain('part of a divided card');
		expect(describeGpu(gpu())).toBe('RTX 4070, 93\u00a0%');
	});

	test('leaves a gap where there was no sample', () => {
		const [, , cpu] = usagesOf([aSample({ time: 100 }), aSample({ time: 106 })]);
		expect(cpu?.series.slice(-5)).toEqual([null, 0.31, null, null, 0.31]);
	});

	test('leaves no gap where a sample only came late', () => {
		const late = [100, 103.2, 105.2].map((time) => aSample({ time }));
		const [, , cpu] = usagesOf(late);
		expect(cpu?.series.slice(-4)).toEqual([0.31, 0.31, 0.31, 0.31]);
	});
});

test('a gap in the readings is a gap in the line', () => {
	expect(timeLine([0, 1, null, 0.5]).line.match(/M/g)).toHaveLength(2);
	expect(timeLine([null, null])).toEqual({ line: '', area: '' });
});

test('each slot that answers names its chat and its part of the context; the others are idle', () => {
	const turn = {
		conversationId: 'c1',
		messageId: 2,
		phase: 'answering' as const,
		progress: { total_tokens: 100, cached_tokens: 0, processed_tokens: 100, seconds: 1 },
		generatedTokens: 20,
		tokensPerSecond: 64
	};
	const waiting = { ...turn, conversationId: 'c2', phase: 'waiting' as const };
	expect(slotsOf(2, [waiting, turn], { ended: [], since: 0 })).toMatchObject([
		{ isBusy: true, conversationId: 'c1', usedTokens: 120, tokensPerSecond: 64 },
		{ isBusy: false, conversationId: null, idleSince: null }
	]);
	const ended = [
		{ conversation_id: 'c1', ended: 70 },
		{ conversation_id: 'c3', ended: 60 },
		{ conversation_id: 'c4', ended: 40 }
	];
	expect(slotsOf(3, [turn], { ended, since: 50 })).toMatchObject([
		{ isBusy: true, conversationId: 'c1' },
		{ isBusy: false, conversationId: 'c3', idleSince: 60 },
		{ isBusy: false, conversationId: null }
	]);
});
