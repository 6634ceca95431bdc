import { expect, test } from 'vitest';
import type { LoadedModel } from '../../lib/backend/protocol';
import { running } from '../../testing/values';
import { processFacts } from './processFacts';

function gpuPart(told: Partial<LoadedModel>): [string, string] | undefined {
	const { model, ...state } = running();
	const facts = processFacts(
		{ ...state, model: { ...model, ...told } },
		{ sample: null, listed: null, now: 0 }
	);
	const found = facts.find(({ name }) => name.includes('GPU'));
	return found && [found.name, found.value];
}

test('what is on the GPU is told in layers, else in weights, else as not available', () => {
	const memory = { weights: 9e9, kv_cache: 0, compute: 0 };
	const gpuMemory = { ...memory, weights: 3.5e6 };
	const weights = { memory, gpu_memory: gpuMemory };
	expect(gpuPart({ ...weights, layers_on_gpu: 13, layers: 33 })).toEqual([
		'GPU layers',
		'13 of 33'
	]);
	expect(gpuPart(weights)).toEqual(['Weights on the GPU', '3.5\u00a0MB of 9.0\u00a0GB']);
	expect(gpuPart({ memory, gpu_memory: { ...memory, weights: 0 } })?.[1]).toBe('none');
	expect(gpuPart({})).toEqual(['GPU layers', 'not available']);
});
