import type {
	CacheType,
	FlashAttention,
	ModelFile,
	ServerConfig,
	ServerConfigInput
} from '../../lib/backend/protocol';

/** What stands in the form: choices as they are shown, numbers as they are written. */
export interface LoadForm {
	context: 'auto' | 'custom';
	contextText: string;
	gpuLayers: 'auto' | 'custom';
	gpuLayersText: string;
	cacheType: 'f16' | 'q8_0' | 'q4_0';
	flashAttention: FlashAttention;
	parallel: 'auto' | '1' | '2' | '4' | '8';
}

export const CONTEXT_BOUNDS = { min: 256, max: 1_048_576 };
const GPU_LAYERS_MAX = 999;
const USUAL_CONTEXT = 16_384;

/** The form as the model was loaded last, else with everything left to the engine. */
export function formFor(model: ModelFile, last: ServerConfig | null): LoadForm {
	const config = last?.model_path === model.path ? last : null;
	return {
		context: (config?.context_size ?? null) === null ? 'auto' : 'custom',
		contextText: String(config?.context_size ?? USUAL_CONTEXT),
		gpuLayers: (config?.gpu_layers ?? null) === null ? 'auto' : 'custom',
		gpuLayersText: String(config?.gpu_layers ?? 0),
		cacheType: oneOf(['f16', 'q8_0', 'q4_0'], config?.cache_type_k, 'f16'),
		flashAttention: config?.flash_attention ?? 'auto',
		parallel: oneOf(['1', '2', '4', '8'], config?.parallel?.toString(), 'auto')
	};
}

/** The number that is written; `null`: none within the bounds. Grouping marks are fine. */
export function readNumber(text: string, min: number, max: number): number | null {
	const digits = text.replace(/[\s,.'_]/g, '');
	const value = Number(digits);
	return /^\d+$/.test(digits) && value >= min && value <= max ? value : null;
}

export function contextOf(form: LoadForm): number | null {
	return readNumber(form.contextText, CONTEXT_BOUNDS.min, CONTEXT_BOUNDS.max);
}

export function gpuLayersOf(form: LoadForm): number | null {
	return readNumber(form.gpuLayersText, 0, GPU_LAYERS_MAX);
}

/** What the start is given; `null`: something in the form is wrong. */
export function configOf(model: ModelFile, form: LoadForm): ServerConfigInput | null {
	const contextSize = contextOf(form);
	const gpuLayers = gpuLayersOf(form);
	const isWrong =
		(form.context === 'custom' && contextSize === null) ||
		(form.gpuLayers === 'custom' && gpuLayers === null);
	if (isWrong) {
		return null;
	}
	const cacheType: CacheType | null = form.cacheType === 'f16' ? null : form.cacheType;
	return {
		model_path: model.path,
		context_size: form.context === 'custom' ? contextSize : null,
		gpu_layers: form.gpuLayers === 'custom' ? gpuLayers : null,
		cache_type_k: cacheType,
		cache_type_v: cacheType,
		flash_attention: form.flashAttention === 'auto' ? null : form.flashAttention,
		parallel: form.parallel === 'auto' ? null : Number(form.parallel)
	};
}

function oneOf<T extends string, F extends string>(
	known: readonly T[],
	value: string | null | undefined,
	fallback: F
): T | F {
	return known.find((one) => one === value) ?? fallback;
}
