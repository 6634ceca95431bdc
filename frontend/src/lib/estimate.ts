/** What a message takes of the context window, before it is sent. */

import type { Attachment, TokenCount } from './backend/protocol';

export interface Estimate {
	tokens: number;
	/** All of it was counted by the loaded model. */
	isExact: boolean;
	hasImages: boolean;
	/** What is too much: for the rest of the window, or for all of it. `null`: it fits. */
	over: { tokens: number; of: 'rest' | 'window' } | null;
}

/** Of text that no model has counted: about four bytes make one token. */
const BYTES_PER_TOKEN = 4;

/** `window` and `used` in tokens; `null`: no model is loaded. */
export function estimate(
	count: TokenCount,
	attachments: readonly Attachment[],
	window: number | null,
	used: number
): Estimate {
	const texts = attachments.filter(({ kind }) => kind === 'text');
	const tokens = texts.reduce(
		(sum, { token_count, size_bytes }) =>
			sum + (token_count ?? Math.ceil(size_bytes / BYTES_PER_TOKEN)),
		count.tokens
	);
	return {
		tokens,
		isExact: count.is_exact && texts.every(({ token_count }) => token_count !== null),
		hasImages: attachments.length > texts.length,
		over: window === null ? null : overBy(tokens, window, used)
	};
}

function overBy(tokens: number, window: number, used: number): Estimate['over'] {
	if (tokens > window) {
		return { tokens: tokens - window, of: 'window' };
	}
	const over = tokens + used - window;
	return over > 0 ? { tokens: over, of: 'rest' } : null;
}
