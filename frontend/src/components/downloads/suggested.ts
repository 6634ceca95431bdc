import type { HubQuantization } from '../../lib/backend/protocol';

/** What most people are served best by, the first of them that a repository has. */
const USUAL = [
	'Q4_K_M',
	'Q4_K_XL',
	'UD-Q4_K_XL',
	'MXFP4',
	'Q4_K_S',
	'IQ4_XS',
	'Q4_0',
	'Q5_K_M',
	'Q8_0'
];

/** The quantisation that is chosen at first: about four bits, else the smallest; `null`: none. */
export function suggestedName(quantizations: readonly HubQuantization[]): string | null {
	const whole = quantizations.filter(({ missing_parts }) => missing_parts.length === 0);
	for (const usual of USUAL) {
		const found = whole.find(({ name }) => name === usual || name.endsWith(`-${usual}`));
		if (found !== undefined) {
			return found.name;
		}
	}
	return whole[0]?.name ?? null;
}
