/** The footnotes of a text to one block below it. */

import type { Block, Note, NotesBlock } from './blocks';
import { buildBlocks, isSame } from './build';
import { isOpen } from './buildList';
import type { Citations } from './citations';
import { LazyLexer, type Links } from './lexer';
import type { MathWork } from './math';
import type { Notes } from './notes';

export interface NotesReading {
	readonly math: MathWork;
	readonly links: Links;
	readonly citations: Citations;
	readonly growing: boolean;
}

/** `null`: there are none. */
export function buildNotes(
	notes: Notes,
	previous: Block | undefined,
	reading: NotesReading
): NotesBlock | null {
	const before = new Map(
		previous?.type === 'notes' ? previous.notes.map((note) => [note.key, note]) : []
	);
	const built = new Map<string, Note>();
	// What one note says may define and count others.
	for (let count = -1; count < built.size;) {
		count = built.size;
		for (const { name, number, text } of notes.list()) {
			if (!built.has(name)) {
				built.set(name, buildNote(notes, { name, number, text }, before.get(name), reading));
			}
		}
	}
	if (built.size === 0) {
		return null;
	}
	const all = [...built.values()].sort((a, b) => a.number - b.number);
	return previous?.type === 'notes' && isSame(all, previous.notes)
		? previous
		: { key: 'notes', type: 'notes', source: '', notes: all };
}

function buildNote(
	notes: Notes,
	{ name, number, text }: { name: string; number: number; text: string },
	previous: Note | undefined,
	{ math, links, citations, growing }: NotesReading
): Note {
	const same = previous?.number === number ? previous : undefined;
	if (growing && same?.source === text && !same.children.some(isOpen)) {
		return same;
	}
	const lexer = new LazyLexer({ links, notes, citations, isGrowing: growing });
	const children = buildBlocks(lexer.readBlocks(text), same?.children ?? [], {
		lexer,
		math,
		growing: false,
		reuse: growing
	});
	return same?.source === text && isSame(children, same.children)
		? same
		: { key: name, source: text, number, children };
}
