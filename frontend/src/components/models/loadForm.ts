import type {
	CacheType,
	FlashAttention,
	LoadMode,
	ModelFile,
	RopeScaling,
	ServerConfig,
	ServerConfigInput
} from '../../lib/backend/protocol';

type CacheChoice = 'f16' | 'q8_0' | 'q4_0';

/** What stands in the form: choices as they are shown, numbers and paths as they are written. */
export interface LoadForm {
	context: 'auto' | 'custom';
	contextText: string;
	gpuLayers: 'auto' | 'custom';
	gpuLayersText: string;
	cacheType: CacheChoice;
	flashAttention: FlashAttention;
	parallel: 'auto' | '1' | '2' | '4' | '8';
	/** Whether it sees, where a projector lies beside it. */
	vision: 'on' | 'off';
	/** An empty text leaves it to the engine. */
	threadsText: string;
	batchText: string;
	idleText: string;
	loadMode: 'auto' | LoadMode;
	ropeScaling: 'auto' | RopeScaling;
	ropeScaleText: string;
	template: string;
	lora: string;
	draft: string;
	/** One argument a line, or several with blanks between. */
	extra: string;
}

export const CONTEXT_BOUNDS = { min: 256, max: 1_048_576 };
const GPU_LAYERS_MAX = 999;
const USUAL_CONTEXT = 16_384;
const BOUNDS = { threadsText: 1024, batchText: 512, idleText: 10_080 } as const;

/** The form as the model was loaded last, else with everything left to the engine. */
export function formFor(model: ModelFile, last: ServerConfig | null): LoadForm {
	const config = last?.model_path === model.path ? last : null;
	const trained = model.context_length ?? USUAL_CONTEXT;
	return {
		context: (config?.context_size ?? null) === null ? 'auto' : 'custom',
		contextText: String(config?.context_size ?? Math.min(USUAL_CONTEXT, trained)),
		gpuLayers: (config?.gpu_layers ?? null) === null ? 'auto' : 'custom',
		gpuLayersText: String(config?.gpu_layers ?? 0),
		cacheType: oneOf(['f16', 'q8_0', 'q4_0'], config?.cache_type_k, 'f16'),
		flashAttention: config?.flash_attention ?? 'auto',
		parallel: oneOf(['1', '2', '4', '8'], config?.parallel?.toString(), 'auto'),
		vision: (config?.mmproj_path ?? null) === null ? 'off' : 'on',
		threadsText: textOf(config?.threads),
		batchText: textOf(config?.batch_size),
		idleText: textOf(config?.idle_minutes),
		loadMode: config?.load_mode ?? 'auto',
		ropeScaling: config?.rope_scaling ?? 'auto',
		ropeScaleText: textOf(config?.rope_scale),
		template: config?.chat_template ?? '',
		lora: config?.lora_path ?? '',
		draft: config?.draft_model_path ?? '',
		extra: (config?.extra_arguments ?? []).join('\n')
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

/** Whether what is written is none of the numbers that it may be; empty is left to the engine. */
export function isWrong(form: LoadForm, field: keyof typeof BOUNDS | 'ropeScaleText'): boolean {
	const text = form[field].trim();
	if (text === '') {
		return false;
	}
	return field === 'ropeScaleText'
		? !(Number(text) > 0 && Number(text) <= 64)
		: readNumber(text, 1, BOUNDS[field]) === null;
}

/** What the start is given; `null`: something in the form is wrong. */
export function configOf(model: ModelFile, form: LoadForm): ServerConfigInput | null {
	const contextSize = contextOf(form);
	const gpuLayers = gpuLayersOf(form);
	const fields = ['threadsText', 'batchText', 'idleText', 'ropeScaleText'] as const;
	if (
		(form.context === 'custom' && contextSize === null) ||
		(form.gpuLayers === 'custom' && gpuLayers === null) ||
		fields.some((field) => isWrong(form, field))
	) {
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
		parallel: form.parallel === 'auto' ? null : Number(form.parallel),
		mmproj_path: form.vision === 'on' ? model.mmproj_path : null,
		threads: numberOf(form.threadsText),
		batch_size: numberOf(form.batchText),
		idle_minutes: numberOf(form.idleText),
		load_mode: form.loadMode === 'auto' ? null : form.loadMode,
		rope_scaling: form.ropeScaling === 'auto' ? null : form.ropeScaling,
		rope_scale: form.ropeScaleText.trim() === '' ? null : Number(form.ropeScaleText),
		chat_template: form.template.trim() === '' ? null : form.template,
		lora_path: pathOf(form.lora),
		draft_model_path: pathOf(form.draft),
		extra_arguments: form.extra.split(/\s+/).filter(Boolean)
	};
}

function textOf(value: number | null | undefined): string {
	return value?.toString() ?? '';
}

function numberOf(text: string): number | null {
	return text.trim() === '' ? null : readNumber(text, 1, Number.MAX_SAFE_INTEGER);
}

function pathOf(text: string): string | null {
	return text.trim() === '' ? null : text.trim();
}

function oneOf<T extends string, F extends string>(
	known: readonly T[],
	value: string | null | undefined,
	fallback: F
): T | F {
	return known.find((one) => one === value) ?? fallback;
}
