import type { Message, SamplingParameters } from '../../lib/backend/protocol';
import {
	formatDate,
	formatEnergy,
	formatSeconds,
	formatTime,
	formatTokensPerSecond
} from '../../lib/format';
import { words } from '../../lib/words/en';

type Row = readonly [name: string, value: string];

const text = words.chat.details;

/** What was measured of an answer; what was not has no row. */
export function figureRows({ model, stats, status, created }: Message): Row[] {
	const rows: [string, string | null][] = [
		[text.model, model?.name ?? null],
		[text.file, model?.file ?? null],
		[text.time, timeOf(created)],
		[
			text.prompt,
			of(stats?.prompt_tokens, (tokens) => text.promptTokens(tokens, stats?.cached_tokens ?? null))
		],
		[text.promptSpeed, of(stats?.prompt_tokens_per_second, formatTokensPerSecond)],
		[text.answer, of(stats?.generated_tokens, words.chat.foot.tokens)],
		[text.answerSpeed, of(stats?.tokens_per_second, formatTokensPerSecond)],
		[text.firstToken, of(stats?.first_token_seconds, formatSeconds)],
		[text.thinking, of(stats?.reasoning_seconds, formatSeconds)],
		[text.total, of(stats?.total_seconds, formatSeconds)],
		[text.energy, energyOf(stats)],
		[text.end, text.ends[status]]
	];
	return rows.filter((row): row is [string, string] => row[1] !== null);
}

/** The settings that were not left to the model. */
export function parameterRows(parameters: SamplingParameters | null): Row[] {
	if (parameters === null) {
		return [];
	}
	return Object.entries(text.names)
		.map(([key, name]): Row => [name, show(parameters[key as keyof SamplingParameters])])
		.filter(([, value]) => value !== '');
}

function of(value: number | null | undefined, format: (value: number) => string): string | null {
	return value === null || value === undefined ? null : format(value);
}

function energyOf(stats: Message['stats']): string | null {
	const joules = stats?.energy_joules ?? null;
	return joules === null
		? null
		: text.energyOfGpu(formatEnergy(joules), stats?.is_energy_about === true);
}

function timeOf(created: number): string {
	const date = formatDate(created);
	const time = formatTime(created);
	return date === time ? time : `${date}, ${time}`;
}

function show(value: SamplingParameters[keyof SamplingParameters]): string {
	switch (typeof value) {
		case 'number':
			return String(value);
		case 'boolean':
			return value ? text.yes : text.no;
		case 'string':
			return value;
		default:
			return value === null ? '' : value.map((word) => JSON.stringify(word)).join(' ');
	}
}
