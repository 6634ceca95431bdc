import type { MemoryEstimate, MemoryParts, Verdict } from '../lib/backend/protocol';

const GIBI = 1024 ** 3;
const LAYERS = 41;

/** Of a model that takes so much of a GPU with 11.1 and a RAM with 22.9 GB free. */
export function estimateOf(verdict: Verdict, gpu: number, ram: number): MemoryEstimate {
	return {
		path: '/models/one.gguf',
		verdict,
		context_size: 16_384,
		layer_count: LAYERS,
		gpu_layers: verdict === 'partly' ? 25 : LAYERS,
		expert_layers_in_ram: 0,
		gpu: split(gpu),
		ram: split(ram),
		gpu_bytes: gpu * GIBI,
		ram_bytes: ram * GIBI,
		gpu_free_bytes: 11.1 * GIBI,
		ram_free_bytes: 22.9 * GIBI,
		mapped_bytes: 0,
		prompt_cache_bytes: 0,
		measured: null
	};
}

function split(gibibytes: number): MemoryParts {
	const bytes = gibibytes * GIBI;
	return {
		weights: bytes * 0.75,
		kv_cache: bytes * 0.2,
		compute: bytes * 0.03,
		projector: 0,
		overhead: bytes * 0.02
	};
}
