/** Footnotes as GitHub writes them: `[^name]` in the text, `[^name]: what it says` anywhere. */

import type { Tokens } from 'marked';

export interface NoteToken extends Tokens.Generic {
	type: 'note';
	name: string;
	/** What it says, without the indentation. */
	text: string;
}

export interface NoteReferenceToken extends Tokens.Generic {
	type: 'noteReference';
	name: string;
	number: number;
}

const NAME = String.raw`\[\^([^\s\[\]^\\]{1,80})\]`;
export const NOTE_LINE = new RegExp(`^ {0,3}${NAME}:`);
const REFERENCE = new RegExp(`^${NAME}(?!:)`);
/** Its lines: up to a blank one or the next note; behind a blank line what is indented. */
const NOTE = new RegExp(
	String.raw`^ {0,3}${NAME}:[ \t]*([^\n]*(?:\n(?! {0,3}\[\^|[ \t]*(?:\n|$)| {0,3}(?:#|>|\`\`\`|~~~|[-*+] |\d+[.)] ))[^\n]+|(?:\n[ \t]*)*\n(?: {4}|\t)[^\n]*)*)(?:\n|$)`
);

export function readNote(source: string): NoteToken | undefined {
	const match = NOTE_LINE.test(source) ? NOTE.exec(source) : null;
	if (match?.[1] === undefined) {
		return undefined;
	}
	const text = (match[2] ?? '').replace(/^(?: {1,4}|\t)/gm, '').trimEnd();
	return { type: 'note', raw: match[0], name: match[1], text };
}

/** Knows the notes of a text and counts those that are spoken of, in the order in which they are. */
export class Notes {
	readonly #texts = new Map<string, string>();
	readonly #numbers = new Map<string, number>();

	/** While a text grows, what a reference means may still come. */
	readReference(source: string, isGrowing: boolean): NoteReferenceToken | undefined {
		const match = REFERENCE.exec(source);
		const name = match?.[1];
		if (!match || name === undefined || (!isGrowing && !this.#texts.has(name))) {
			return undefined;
		}
		return { type: 'noteReference', raw: match[0], name, number: this.#count(name) };
	}

	/** The first text of a name counts. */
	define(name: string, text: string, isGrowing: boolean): void {
		if (isGrowing || !this.#texts.has(name)) {
			this.#texts.set(name, text);
		}
	}

	get isEmpty(): boolean {
		return this.#texts.size === 0 && this.#numbers.size === 0;
	}

	/** All notes with their numbers; those that nothing speaks of stand last. */
	list(): { name: string; number: number; text: string }[] {
		for (const name of this.#texts.keys()) {
			this.#count(name);
		}
		return [...this.#numbers]
			.map(([name, number]) => ({ name, number, text: this.#texts.get(name) }))
			.filter((note): note is { name: string; number: number; text: string } => {
				return note.text !== undefined;
			});
	}

	#count(name: string): number {
		const number = this.#numbers.get(name) ?? this.#numbers.size + 1;
		this.#numbers.set(name, number);
		return number;
	}
}
