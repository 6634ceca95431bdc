import type { HubQuantization, QuantizationFit } from '../../lib/backend/protocol';

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
const TIGHT_SHARE = 0.92;
const FEW_BITS = /(?:^|-)(?:I?Q[123]_|TQ[12]_)/;

/**
 * The quantisation that is chosen at first: about four bits; where that does not fit the largest
 * that does; else the smallest. `null`: none.
 */
export function suggestedName(
	quantizations: readonly HubQuantization[],
	fits: readonly QuantizationFit[] = []
): string | null {
	const whole = quantizations.filter(({ missing_parts }) => missing_parts.length === 0);
	const fitting = whole.filter(({ name }) => !isTooLarge(name, fits));
	for (const usual of USUAL) {
		const found = (fitting.length > 0 ? fitting : whole).find(
			({ name }) => name === usual || name.endsWith(`-${usual}`)
		);
		if (found !== undefined) {
			return found.name;
		}
	}
	const smaller = fitting.length < whole.length ? fitting.at(-1) : undefined;
	return (smaller ?? whole[0])?.name ?? null;
}

export function isTooLarge(name: string, fits: readonly QuantizationFit[]): boolean {
	return fits.find((fit) => fit.name === name)?.verdict === 'too_large';
}

/** What a file is like, in a word; `null`: nothing to remark. */
export type Remark = 'tight' | 'slow' | 'very_slow' | 'worse';

export function remarkOn(name: string, fit: QuantizationFit | null): Remark | null {
	if (fit?.verdict === 'partly') {
		return fit.gpu_layers * 2 < fit.layer_count ? 'very_slow' : 'slow';
	}
	if (
		(fit?.verdict === 'gpu' || fit?.verdict === 'ram') &&
		fit.needed_bytes > fit.available_bytes * TIGHT_SHARE
	) {
		return 'tight';
	}
	return FEW_BITS.test(name) ? 'worse' : null;
}
