/** The numbers of a chat's settings: what they may be, and where their sliders end. */

import type { SamplingParameters } from './backend/protocol';

/** Names of parameters that are numbers. */
export type NumberId = {
	[K in keyof SamplingParameters]: SamplingParameters[K] extends number | null ? K : never;
}[keyof SamplingParameters];

export interface NumberField {
	id: NumberId;
	min: number;
	max: number;
	isWhole: boolean;
	/** `null`: its range is too wide for a slider. */
	slider: { min: number; max: number; step: number } | null;
}

const LARGEST_COUNT = 10_000_000;
const LARGEST_SEED = 4_294_967_294;

export const SAMPLING_FIELDS: readonly NumberField[] = [
	field('temperature', 0, 10, { min: 0, max: 2, step: 0.05 }),
	{ ...field('top_k', 0, 100_000, { min: 0, max: 200, step: 1 }), isWhole: true },
	field('top_p', 0, 1, { min: 0, max: 1, step: 0.01 }),
	field('min_p', 0, 1, { min: 0, max: 1, step: 0.01 }),
	field('repeat_penalty', 0, 10, { min: 0.8, max: 2, step: 0.01 }),
	field('presence_penalty', -10, 10, { min: -2, max: 2, step: 0.05 }),
	field('frequency_penalty', -10, 10, { min: -2, max: 2, step: 0.05 })
];
export const SEED_FIELD: NumberField = whole('seed', 0, LARGEST_SEED);
export const LENGTH_FIELD: NumberField = whole('max_tokens', 1, LARGEST_COUNT);
export const BUDGET_FIELD: NumberField = whole('thinking_budget', 0, LARGEST_COUNT);

function field(
	id: NumberId,
	min: number,
	max: number,
	slider: NonNullable<NumberField['slider']>
): NumberField {
	return { id, min, max, isWhole: false, slider };
}

function whole(id: NumberId, min: number, max: number): NumberField {
	return { id, min, max, isWhole: true, slider: null };
}

/** What is written as a number; `null` for nothing, `undefined` for what is no number of this field. */
export function readField(
	{ min, max, isWhole }: NumberField,
	text: string
): number | null | undefined {
	const written = text.trim().replace(',', '.');
	if (written === '') {
		return null;
	}
	const value = Number(written);
	const isRight =
		/^[-+]?(\d+\.?\d*|\.\d+)$/.test(written) &&
		value >= min &&
		value <= max &&
		(!isWhole || Number.isInteger(value));
	return isRight ? value : undefined;
}

/** `0.7`, never `0.7000000000000001`. */
export function formatField(value: number): string {
	return String(Number(value.toFixed(4)));
}

/** Stop words as they are written, one on each line; a line break in one of them is `\n`. */
export function stopText(stop: readonly string[]): string {
	return stop.map((word) => word.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')).join('\n');
}

export function readStop(text: string): string[] {
	return text
		.split('\n')
		.map((line) => line.replace(/\\(n|\\)/g, (_, letter) => (letter === 'n' ? '\n' : '\\')))
		.filter((word) => word !== '');
}
