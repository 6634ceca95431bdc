import { SvelteMap } from 'svelte/reactivity';

import type {
	EndedTurn,
	TurnFailed,
	TurnFinished,
	TurnStarted,
	TurnUnderWay
} from '../backend/protocol';
import { distinct } from '../conversationTree';
import { onNextFrame } from '../frames';
import { LiveTurn } from './liveTurn.svelte';

/** What every event of a turn carries. */
interface TurnEvent {
	conversation_id: string;
	message_id: number;
	sequence: number;
}

/** Owns the answers under way in all conversations; what they say is shown once a frame. */
export class LiveTurns {
	#turns = new SvelteMap<string, LiveTurn>();
	#unshown: LiveTurn[] = [];

	/** Conversations in which an answer is under way. */
	conversationIds = $derived(
		distinct([...this.#turns.values()].map((turn) => turn.conversationId))
	);

	/** All of them, the oldest first. */
	all = $derived([...this.#turns.values()]);

	/** Those that ended last, the newest first, one for each conversation. */
	ended = $state.raw<readonly EndedTurn[]>([]);

	find(conversationId: string, messageId: number): LiveTurn | null {
		return this.#turns.get(keyOf(conversationId, messageId)) ?? null;
	}

	/** All that is under way, as a snapshot tells. */
	replace(turns: readonly TurnUnderWay[], ended: readonly EndedTurn[]): void {
		this.ended = ended;
		this.#turns.clear();
		this.#unshown = [];
		for (const turn of turns) {
			this.#turns.set(keyOf(turn.conversation_id, turn.message_id), new LiveTurn(turn));
		}
	}

	start(event: TurnStarted): void {
		const turn = new LiveTurn({ ...event, phase: 'waiting' }, event.message.content !== '');
		this.#turns.set(keyOf(event.conversation_id, event.message_id), turn);
	}

	/** Changes a turn, unless the snapshot held the event already. */
	update(event: TurnEvent, change: (turn: LiveTurn) => void): void {
		const turn = this.find(event.conversation_id, event.message_id);
		if (turn === null || event.sequence <= turn.sequence) {
			return;
		}
		turn.sequence = event.sequence;
		change(turn);
		if (this.#unshown.length === 0) {
			onNextFrame(() => this.#flush());
		}
		if (!this.#unshown.includes(turn)) {
			this.#unshown.push(turn);
		}
	}

	end(event: TurnFinished | TurnFailed): void {
		if ((event.message.stats?.generated_tokens ?? 0) > 0) {
			const { conversation_id } = event;
			const others = this.ended.filter((other) => other.conversation_id !== conversation_id);
			this.ended = [{ conversation_id, ended: Date.now() / 1000 }, ...others];
		}
		this.#turns.delete(keyOf(event.conversation_id, event.message_id));
	}

	#flush(): void {
		const turns = this.#unshown;
		this.#unshown = [];
		for (const turn of turns) {
			turn.flush();
		}
	}
}

function keyOf(conversationId: string, messageId: number): string {
	return `${conversationId}/${messageId}`;
}
