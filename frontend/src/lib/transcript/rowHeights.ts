import type { Message } from '../backend/protocol';

/** Of the reading column at the usual text size; only a first guess hangs on them. */
const LINE_PX = 25;
const CHARACTERS_PER_LINE = 88;
const QUESTION_PX = 49;
const ANSWER_PX = 60;

/** What is as high as its messages. */
interface Row {
	readonly id: number;
	readonly messages: readonly Message[];
}

/** How high rows were when they were drawn, or will about be. */
export class RowHeights {
	readonly #measured = new Map<number, number>();

	/** Answers whether it is another height than before. */
	measure(id: number, height: number): boolean {
		const isNew = this.#measured.get(id) !== height;
		this.#measured.set(id, height);
		return isNew;
	}

	of(row: Row): number {
		return this.#measured.get(row.id) ?? guessHeight(row.messages);
	}
}

const guesses = new WeakMap<Message, number>();

/** How high the messages will about be, before they have been drawn. */
export function guessHeight(messages: readonly Message[]): number {
	return messages.reduce((sum, message) => sum + (guesses.get(message) ?? remember(message)), 0);
}

function remember(message: Message): number {
	const guess = guessOf(message);
	guesses.set(message, guess);
	return guess;
}

function guessOf({ role, content }: Message): number {
	let lines = 0;
	let start = 0;
	while (start <= content.length) {
		const newline = content.indexOf('\n', start);
		const end = newline === -1 ? content.length : newline;
		// A blank line is the room between two blocks.
		lines += end === start ? 0.5 : Math.ceil((end - start) / CHARACTERS_PER_LINE);
		start = end + 1;
	}
	return (role === 'user' ? QUESTION_PX : ANSWER_PX) + lines * LINE_PX;
}
