import type { LiveTurn } from '../../lib/stores/liveTurn.svelte';

/** One place for an answer, and what it is used for. */
export interface Slot {
	id: string;
	/** `null`: idle. */
	conversationId: string | null;
	tokensPerSecond: number | null;
	/** Of the context window, as far as the server has told; `null`: not available. */
	usedTokens: number | null;
}

type TurnFigures = Pick<
	LiveTurn,
	'conversationId' | 'messageId' | 'phase' | 'progress' | 'generatedTokens' | 'tokensPerSecond'
>;

/** Every slot of the server: first those that answer, then the idle ones. */
export function slotsOf(count: number, turns: readonly TurnFigures[]): Slot[] {
	const busy = turns.filter(({ phase }) => phase !== 'waiting').slice(0, count);
	return Array.from({ length: count }, (_, index) => {
		const turn = busy[index];
		return turn === undefined
			? { id: `idle ${index}`, conversationId: null, tokensPerSecond: null, usedTokens: null }
			: {
					id: `${turn.conversationId}/${turn.messageId}`,
					conversationId: turn.conversationId,
					tokensPerSecond: turn.tokensPerSecond,
					usedTokens: usedTokens(turn)
				};
	});
}

function usedTokens({ phase, progress, generatedTokens }: TurnFigures): number | null {
	if (progress === null) {
		return null;
	}
	return phase === 'reading'
		? progress.processed_tokens
		: progress.total_tokens + (generatedTokens ?? 0);
}
