import { expect, test } from 'vitest';

import { fakeMessage } from '../../lib/backend/fakeValues';
import type { AnswerStats } from '../../lib/backend/protocol';
import { figureRows } from './answerDetails';

const STATS: AnswerStats = {
	prompt_tokens: 100,
	cached_tokens: 0,
	generated_tokens: 512,
	prompt_tokens_per_second: 1,
	tokens_per_second: 68.4,
	first_token_seconds: 0.42,
	reasoning_seconds: null,
	total_seconds: 8,
	energy_joules: null,
	is_energy_about: false
};

function energyOf(change: Partial<AnswerStats>): string | undefined {
	const rows = figureRows(fakeMessage(2, { stats: { ...STATS, ...change } }));
	return rows.find(([name]) => name === 'Energy')?.[1].replaceAll('\u00a0', ' ');
}

test('the energy of an answer is shown where it was measured, and how', () => {
	expect(energyOf({})).toBeUndefined();
	expect(energyOf({ energy_joules: 412.4 })).toBe('412 J by the GPU');
	expect(energyOf({ energy_joules: 7.25 })).toBe('7.3 J by the GPU');
	expect(energyOf({ energy_joules: 5400, is_energy_about: true })).toBe('about 1.5 Wh by the GPU');
});
