import type {
	CacheType,
	FlashAttention,
	LoadMode,
	ModelFile,
	RopeScaling,
	ServerConfig,
	ServerConfigInput,
	Settings
} from '../../lib/backend/protocol';

type CacheChoice = 'f16' | 'q8_0' | 'q4_0';

/** What stands in the form: choices as they are shown, numbers and paths as they are written. */
export interface LoadForm {
	context: 'auto' | 'custom';
	contextText: string;
	gpuLayers: 'auto' | 'custom';
	gpuLayersText: string;
	/** Of a model with experts; an empty text leaves it to the engine. */
	expertsText: string;
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
	/** Read by the engine at each start, where no text stands in its place. */
	templateFile: string;
	lora: string;
	draft: string;
	/** One argument a line, or several with blanks between. */
	extra: string;
}

export const CONTEXT_BOUNDS = { min: 256, max: 1_048_576 };
const GPU_LAYERS_MAX = 999;
const USUAL_CONTEXT = 16_384;
const BOUNDS = {
	expertsText: GPU_LAYERS_MAX,
	threadsText: 1024,
	batchText: 512,
	idleText: 10_080
} as const;

type LoadDefaults = Pick<
	Settings,
	| 'load_context_size'
	| 'load_gpu_layers'
	| 'load_cache_type'
	| 'load_flash_attention'
	| 'load_threads'
>;

/** The form as the model was loaded last, else as it comes. */
export function formFor(
	model: ModelFile,
	last: ServerConfig | null,
	defaults: LoadDefaults | null = null
): LoadForm {
	return last?.model_path === model.path ? formOf(model, last) : usualForm(model, defaults);
}

/** The form as it comes: what the settings do not say is left to the engine. */
export function usualForm(model: ModelFile, defaults: LoadDefaults | null): LoadForm {
	return formOf(model, {
		context_size: defaults?.load_context_size ?? null,
		gpu_layers: defaults?.load_gpu_layers ?? null,
		cache_type_k: defaults?.load_cache_type ?? null,
		flash_attention: defaults?.load_flash_attention ?? null,
		threads: defaults?.load_threads ?? null
	});
}

/** A config as it is written in the form. */
export function formOf(model: ModelFile, config: Partial<ServerConfig>): LoadForm {
	const trained = model.context_length ?? USUAL_CONTEXT;
	return {
		context: (config.context_size ?? null) === null ? 'auto' : 'custom',
		contextText: String(config.context_size ?? Math.min(USUAL_CONTEXT, trained)),
		gpuLayers: (config.gpu_layers ?? null) === null ? 'auto' : 'custom',
		gpuLayersText: String(config.gpu_layers ?? 0),
		expertsText: textOf(config.expert_layers_in_ram),
		cacheType: oneOf(['f16', 'q8_0', 'q4_0'], config.cache_type_k, 'f16'),
		flashAttention: config.flash_attention ?? 'auto',
		parallel: oneOf(['1', '2', '4', '8'], config.parallel?.toString(), 'auto'),
		vision: (config.mmproj_path ?? null) === null ? 'off' : 'on',
		threadsText: textOf(config.threads),
		batchText: textOf(config.batch_size),
		idleText: textOf(config.idle_minutes),
		loadMode: config.load_mode ?? 'auto',
		ropeScaling: config.rope_scaling ?? 'auto',
		ropeScaleText: textOf(config.rope_scale),
		template: config.chat_template ?? '',
		templateFile: config.chat_template_file ?? '',
		lora: config.lora_path ?? '',
		draft: config.draft_model_path ?? '',
		extra: (config.extra_arguments ?? []).join('\n')
	};
}

/** Gives an option how it comes again; `undefined`: it is so. Of two fields the second is a text that counts only where the first says so. */
export function resetOf(
	form: LoadForm,
	usual: LoadForm,
	field: keyof LoadForm,
	text?: keyof LoadForm
): (() => void) | undefined {
	const fields = text === undefined ? [field] : [field, text];
	const counting = form[field] === 'auto' ? [field] : fields;
	if (counting.every((one) => form[one] === usual[one])) {
		return undefined;
	}
	return () => {
		Object.assign(form, Object.fromEntries(fields.map((one) => [one, usual[one]])));
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
	const fields = ['expertsText', 'threadsText', 'batchText', 'idleText', 'ropeScaleText'] as const;
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
		expert_layers_in_ram: numberOf(form.expertsText),
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
		chat_template_file: form.template.trim() === '' ? pathOf(form.templateFile) : null,
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
