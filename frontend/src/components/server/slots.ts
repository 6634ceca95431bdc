import type { EndedTurn } from '../../lib/backend/protocol';
import type { LiveTurn } from '../../lib/stores/liveTurn.svelte';

/** One place for an answer, and what it is used for. */
export interface Slot {
	id: string;
	isBusy: boolean;
	/** Of an idle one, the chat that it answered last; `null`: none yet. */
	conversationId: string | null;
	/** When that answer ended, in seconds since the epoch. */
	idleSince: number | null;
	tokensPerSecond: number | null;
	/** Of the context window, as far as the server has told; `null`: not available. */
	usedTokens: number | null;
}

type TurnFigures = Pick<
	LiveTurn,
	'conversationId' | 'messageId' | 'phase' | 'progress' | 'generatedTokens' | 'tokensPerSecond'
>;

/**
 * Every slot of a server that runs `since`: first those that answer, then the idle ones with what
 * was answered last. llama-server gives a chat the slot that knows most of it, so each chat counts
 * once; which of the idle slots it was, nothing tells.
 */
export function slotsOf(
	count: number,
	turns: readonly TurnFigures[],
	{ ended, since }: { ended: readonly EndedTurn[]; since: number }
): Slot[] {
	const busy = turns.filter(({ phase }) => phase !== 'waiting').slice(0, count);
	const answering = busy.map(({ conversationId }) => conversationId);
	const last = ended.filter(
		(turn) => turn.ended >= since && !answering.includes(turn.conversation_id)
	);
	const idle = Array.from({ length: count - busy.length }, (_, index) =>
		idleSlot(index, last[index])
	);
	return [...busy.map(busySlot), ...idle];
}

function busySlot(turn: TurnFigures): Slot {
	return {
		id: `${turn.conversationId}/${turn.messageId}`,
		isBusy: true,
		conversationId: turn.conversationId,
		idleSince: null,
		tokensPerSecond: turn.tokensPerSecond,
		usedTokens: usedTokens(turn)
	};
}

function idleSlot(index: number, last: EndedTurn | undefined): Slot {
	return {
		id: `idle ${index}`,
		isBusy: false,
		conversationId: last?.conversation_id ?? null,
		idleSince: last?.ended ?? null,
		tokensPerSecond: null,
		usedTokens: null
	};
}

function usedTokens({ phase, progress, generatedTokens }: TurnFigures): number | null {
	if (progress === null) {
		return null;
	}
	return phase === 'reading'
		? progress.processed_tokens
		: progress.total_tokens + (generatedTokens ?? 0);
}
