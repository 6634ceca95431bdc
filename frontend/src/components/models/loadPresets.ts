import type { LoadPreset, ModelFile } from '../../lib/backend/protocol';
import { configOf, formOf, type LoadForm } from './loadForm';

/** What a preset says of the form; the rest belongs to one model. */
const FIELDS = [
	'context',
	'contextText',
	'gpuLayers',
	'gpuLayersText',
	'cacheType',
	'flashAttention',
	'parallel',
	'threadsText',
	'batchText',
	'idleText',
	'loadMode',
	'ropeScaling',
	'ropeScaleText',
	'extra'
] as const satisfies (keyof LoadForm)[];

/** What the form says under a name; `null`: something in it is wrong. */
export function presetOf(
	model: ModelFile,
	form: LoadForm,
	id: string,
	name: string
): LoadPreset | null {
	const config = configOf(model, form);
	if (config === null) {
		return null;
	}
	return {
		id,
		name,
		context_size: config.context_size ?? null,
		gpu_layers: config.gpu_layers ?? null,
		parallel: config.parallel ?? null,
		threads: config.threads ?? null,
		batch_size: config.batch_size ?? null,
		flash_attention: config.flash_attention ?? null,
		cache_type_k: config.cache_type_k ?? null,
		cache_type_v: config.cache_type_v ?? null,
		load_mode: config.load_mode ?? null,
		rope_scaling: config.rope_scaling ?? null,
		rope_scale: config.rope_scale ?? null,
		idle_minutes: config.idle_minutes ?? null,
		extra_arguments: config.extra_arguments ?? []
	};
}

/** The form with what a preset says. */
export function withPreset(model: ModelFile, form: LoadForm, preset: LoadPreset): LoadForm {
	return withFields(form, formOf(model, preset));
}

/** The form with what another one says of what a preset can say. */
export function withFields(form: LoadForm, other: LoadForm): LoadForm {
	const taken = Object.fromEntries(FIELDS.map((field) => [field, other[field]]));
	return { ...form, ...taken };
}

/** Whether two presets load the same, whatever they are called. */
export function loadsSame(one: LoadPreset | null, other: LoadPreset | null): boolean {
	if (one === null || other === null) {
		return false;
	}
	const unnamed = { id: '', name: '' };
	return JSON.stringify({ ...one, ...unnamed }) === JSON.stringify({ ...other, ...unnamed });
}
