import type {
	ContentDelta,
	Message,
	PromptProgress,
	ReasoningDelta,
	TurnPhase,
	TurnUnderWay
} from '../backend/protocol';

/** Seconds of deltas before a speed says anything. */
const SHORTEST_SPAN_SECONDS = 0.5;

/** When the first delta that this page saw came, and how many tokens there were before it. */
interface Span {
	readonly since: number;
	readonly tokens: number;
}

/** One answer under way, as far as this page has heard of it. Text is taken in at once, shown by `flush`. */
export class LiveTurn {
	readonly conversationId: string;
	readonly messageId: number;
	/** The answer as it was when the page first heard of it; its text so far is below. */
	readonly message: Message;
	/** It goes on with an answer that had ended: its figures are of the new part. */
	readonly goesOn: boolean;

	phase = $state<TurnPhase>('waiting');
	content = $state('');
	reasoning = $state('');
	progress = $state.raw<PromptProgress | null>(null);
	/** As the app counts; `null` until the first delta that this page sees. */
	generatedTokens = $state<number | null>(null);
	tokensPerSecond = $state<number | null>(null);
	/** Since the question was asked, or since it goes on, up to the last delta. */
	seconds = $state(0);
	/** How long it has thought; `null` when this page did not see the beginning. */
	reasoningSeconds = $state<number | null>(null);

	/** Number of the last event that is contained. */
	sequence: number;
	#content: string;
	#reasoning: string;
	#tokens: number | null = null;
	/** By the server; without it the page measures by its own clock. */
	#measured: number | null = null;
	#span: Span | null = null;
	#reasoningSince: number | null = null;
	#reasoningUntil: number | null = null;
	#heardAt = Date.now() / 1000;
	readonly #since: number;

	constructor(
		turn: Omit<TurnUnderWay, 'progress'> & { progress?: PromptProgress | null },
		goesOn = turn.message.stats !== null
	) {
		this.conversationId = turn.conversation_id;
		this.messageId = turn.message_id;
		this.message = turn.message;
		this.goesOn = goesOn;
		this.#since = this.goesOn ? this.#heardAt : turn.message.created;
		this.sequence = turn.sequence;
		this.phase = turn.phase;
		this.progress = turn.progress ?? null;
		this.#content = turn.message.content;
		this.#reasoning = turn.message.reasoning;
		this.flush();
	}

	addReasoning({ text, generated_tokens, tokens_per_second }: ReasoningDelta): void {
		this.phase = 'reasoning';
		this.#count(generated_tokens, tokens_per_second);
		if (this.#reasoning === '') {
			this.#reasoningSince = this.#heardAt;
		}
		this.#reasoning += text;
		this.#reasoningUntil = this.#heardAt;
	}

	addContent({ text, generated_tokens, tokens_per_second }: ContentDelta): void {
		if (this.phase === 'reasoning') {
			this.#reasoningUntil = Date.now() / 1000;
		}
		this.phase = 'answering';
		this.#count(generated_tokens, tokens_per_second);
		this.#content += text;
	}

	/** Shows what has been taken in. */
	flush(): void {
		this.content = this.#content;
		this.reasoning = this.#reasoning;
		this.generatedTokens = this.#tokens;
		this.seconds = Math.max(0, this.#heardAt - this.#since);
		if (this.#reasoningSince !== null && this.#reasoningUntil !== null) {
			this.reasoningSeconds = this.#reasoningUntil - this.#reasoningSince;
		}
		this.tokensPerSecond = this.#measured ?? this.#ownMeasure();
	}

	#ownMeasure(): number | null {
		if (this.#span === null || this.#tokens === null) {
			return null;
		}
		const seconds = this.#heardAt - this.#span.since;
		return seconds < SHORTEST_SPAN_SECONDS ? null : (this.#tokens - this.#span.tokens) / seconds;
	}

	#count(generatedTokens: number, tokensPerSecond: number | null): void {
		this.#heardAt = Date.now() / 1000;
		this.#tokens = generatedTokens;
		this.#measured = tokensPerSecond ?? this.#measured;
		this.#span ??= { since: this.#heardAt, tokens: generatedTokens };
	}
}
