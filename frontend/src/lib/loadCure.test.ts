import { describe, expect, it } from 'vitest';

import type { ServerConfig } from './backend/protocol';
import { findCure } from './loadCure';

const CONFIG: ServerConfig = {
	model_path: '/models/a.gguf',
	context_size: 32_768,
	gpu_layers: 41,
	parallel: null,
	threads: null,
	batch_size: null,
	flash_attention: null,
	cache_type_k: null,
	cache_type_v: null,
	mmproj_path: null,
	embeddings: false,
	alias: null
};

describe('findCure', () => {
	it('halves the context where memory was short', () => {
		expect(findCure('out_of_memory', CONFIG)).toMatchObject({
			type: 'smaller_context',
			contextSize: 16_384,
			config: { context_size: 16_384, gpu_layers: 41 }
		});
	});

	it('leaves the GPU alone when the context is as small as it may be', () => {
		expect(findCure('out_of_memory', { ...CONFIG, context_size: 2048 })).toMatchObject({
			type: 'without_gpu',
			config: { gpu_layers: 0 }
		});
	});

	it('tries the same again otherwise', () => {
		const config = { ...CONFIG, context_size: null, gpu_layers: null };
		expect(findCure('out_of_memory', config)).toEqual({ type: 'again', config });
		expect(findCure('crashed', CONFIG)).toEqual({ type: 'again', config: CONFIG });
	});
});
