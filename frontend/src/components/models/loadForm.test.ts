import { assert, expect, test } from 'vitest';

import { aConfig, aModel } from '../../testing/values';
import { configOf, formFor, readNumber, resetOf, usualForm } from './loadForm';
import { loadsSame, presetOf, withPreset } from './loadPresets';

test('a model that was never loaded is left to the engine', () => {
	expect(configOf(aModel(), formFor(aModel(), null))).toEqual({
		model_path: aModel().path,
		context_size: null,
		gpu_layers: null,
		expert_layers_in_ram: null,
		cache_type_k: null,
		cache_type_v: null,
		flash_attention: null,
		parallel: null,
		mmproj_path: null,
		threads: null,
		batch_size: null,
		idle_minutes: null,
		load_mode: null,
		rope_scaling: null,
		rope_scale: null,
		chat_template: null,
		chat_template_file: null,
		lora_path: null,
		draft_model_path: null,
		extra_arguments: []
	});
});

test('the rarer options are given as they are written', () => {
	const form = {
		...formFor(aModel({ mmproj_path: '/models/mmproj.gguf' }), null),
		vision: 'on' as const,
		expertsText: '12',
		threadsText: '6',
		idleText: '10',
		ropeScaleText: '2.5',
		extra: ' --cpu-moe\n--numa isolate '
	};
	expect(configOf(aModel({ mmproj_path: '/models/mmproj.gguf' }), form)).toMatchObject({
		mmproj_path: '/models/mmproj.gguf',
		expert_layers_in_ram: 12,
		threads: 6,
		idle_minutes: 10,
		rope_scale: 2.5,
		extra_arguments: ['--cpu-moe', '--numa', 'isolate']
	});
	expect(configOf(aModel(), { ...form, threadsText: 'many' })).toBeNull();
	expect(configOf(aModel(), { ...form, batchText: '1000' })).toBeNull();
	expect(configOf(aModel(), { ...form, expertsText: '0' })).toBeNull();
});

test('the form starts as the model was loaded last, and gives the same again', () => {
	const last = aConfig({
		context_size: 32_768,
		gpu_layers: 21,
		expert_layers_in_ram: 7,
		cache_type_k: 'q8_0',
		cache_type_v: 'q8_0',
		flash_attention: 'on',
		parallel: 2
	});
	const form = formFor(aModel(), last);
	expect(form).toMatchObject({ context: 'custom', contextText: '32768', gpuLayersText: '21' });
	expect(configOf(aModel(), form)).toMatchObject({
		context_size: 32_768,
		gpu_layers: 21,
		expert_layers_in_ram: 7,
		cache_type_k: 'q8_0',
		flash_attention: 'on',
		parallel: 2
	});
});

test('the options of another model are not taken over', () => {
	const other = aConfig({ model_path: '/other.gguf', context_size: 512 });
	expect(formFor(aModel(), other).context).toBe('auto');
});

const DEFAULTS = {
	load_context_size: 8192,
	load_gpu_layers: 0,
	load_cache_type: 'q8_0',
	load_flash_attention: 'on',
	load_threads: 3
} as const;

test('a model that was never loaded begins as the settings have it', () => {
	expect(configOf(aModel(), formFor(aModel(), null, DEFAULTS))).toMatchObject({
		context_size: 8192,
		gpu_layers: 0,
		cache_type_k: 'q8_0',
		cache_type_v: 'q8_0',
		flash_attention: 'on',
		threads: 3
	});
	const last = aConfig({ context_size: 512 });
	expect(configOf(aModel(), formFor(aModel(), last, DEFAULTS))).toMatchObject({
		context_size: 512,
		cache_type_k: null
	});
});

test('an option goes back to what the settings have, and only where it differs', () => {
	const usual = usualForm(aModel(), DEFAULTS);
	const form = { ...usual, context: 'auto' as const, cacheType: 'q4_0' as const };
	expect(resetOf(form, usual, 'flashAttention')).toBeUndefined();
	resetOf(form, usual, 'context', 'contextText')?.();
	resetOf(form, usual, 'cacheType')?.();
	expect(form).toEqual(usual);
	expect(resetOf(form, usual, 'context', 'contextText')).toBeUndefined();
});

test('a preset takes along what fits any model, and leaves the rest of the form alone', () => {
	const form = { ...formFor(aModel(), null), parallel: '4' as const, extra: '--cpu-moe' };
	const preset = presetOf(aModel(), form, 'p', 'Mine');
	expect(preset).toMatchObject({ name: 'Mine', parallel: 4, extra_arguments: ['--cpu-moe'] });

	assert(preset !== null);
	const other = aModel({ path: '/models/other.gguf', mmproj_path: '/models/mmproj.gguf' });
	const before = { ...formFor(other, null), vision: 'on' as const, template: '{{ x }}' };
	const after = withPreset(other, before, preset);
	expect(after).toMatchObject({ parallel: '4', vision: 'on', template: '{{ x }}' });
	expect(loadsSame(presetOf(other, after, '', ''), preset)).toBe(true);
	expect(loadsSame(presetOf(other, before, '', ''), preset)).toBe(false);
	expect(presetOf(aModel(), { ...form, threadsText: 'many' }, 'p', 'Mine')).toBeNull();
});

test('a template file that was set stays, until a text takes its place', () => {
	const last = aConfig({ chat_template_file: '/t.jinja' });
	const form = formFor(aModel(), last);
	expect(configOf(aModel(), form)?.chat_template_file).toBe('/t.jinja');
	expect(configOf(aModel(), { ...form, template: '{{ x }}' })).toMatchObject({
		chat_template: '{{ x }}',
		chat_template_file: null
	});
});

test('wrong numbers give no config, but only where they are asked for', () => {
	const form = { ...formFor(aModel(), null), contextText: 'lots', gpuLayersText: '-1' };
	expect(configOf(aModel(), form)).not.toBeNull();
	expect(configOf(aModel(), { ...form, context: 'custom' })).toBeNull();
	expect(configOf(aModel(), { ...form, gpuLayers: 'custom' })).toBeNull();
});

test.each([
	['16,384', 16_384],
	['16 384', 16_384],
	["16'384", 16_384],
	['255', null],
	['1048577', null],
	['', null],
	['1e5', null],
	['12.5k', null]
])('“%s” is read as %s', (text, value) => {
	expect(readNumber(text, 256, 1_048_576)).toBe(value);
});
