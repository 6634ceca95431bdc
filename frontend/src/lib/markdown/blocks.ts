/**
 * What a text of Markdown becomes: a tree of blocks that the page can show.
 *
 * A block that did not change keeps its identity from one update to the next, so that
 * nothing of it is rendered again. Its key is its place among its siblings: text only grows.
 */

/** Sanitised HTML of one paragraph, heading or rule; what is wide is apart, for it scrolls by itself. */
export interface HtmlBlock {
	readonly key: string;
	readonly type: 'html' | 'table' | 'math';
	readonly source: string;
	readonly html: string;
	/** No element is around it: the line of a tight list item. */
	readonly isInline: boolean;
	/** A formula of it stands there as TeX until it can be made. */
	readonly isPending: boolean;
}

/** A code block; coloured only when `closed`. */
export interface CodeBlock {
	readonly key: string;
	readonly type: 'code';
	readonly source: string;
	/** As the model wrote it, lower case; empty if it did not say. */
	readonly language: string;
	readonly code: string;
	readonly closed: boolean;
}

/** Text shown as it is: what is still growing, or a paragraph too long to be parsed. */
export interface PlainBlock {
	readonly key: string;
	readonly type: 'plain';
	readonly source: string;
	/** What it is going to be. */
	readonly form: 'text' | 'table' | 'math';
	/** A text without measure is laid out piece by piece; most have one. */
	readonly pieces: readonly string[];
}

export interface ListItem {
	readonly key: string;
	readonly source: string;
	/** `null`: no task. */
	readonly checked: boolean | null;
	/** A blank line stands before it. */
	readonly loose: boolean;
	readonly children: readonly Block[];
}

export interface ListBlock {
	readonly key: string;
	readonly type: 'list';
	readonly source: string;
	readonly ordered: boolean;
	readonly start: number;
	readonly items: readonly ListItem[];
}

export interface QuoteBlock {
	readonly key: string;
	readonly type: 'quote';
	readonly source: string;
	readonly children: readonly Block[];
}

export interface Note {
	readonly key: string;
	readonly source: string;
	readonly number: number;
	readonly children: readonly Block[];
}

/** The footnotes of a text, below all of it. */
export interface NotesBlock {
	readonly key: 'notes';
	readonly type: 'notes';
	readonly source: '';
	readonly notes: readonly Note[];
}

export type Block = HtmlBlock | CodeBlock | PlainBlock | ListBlock | QuoteBlock | NotesBlock;
