/**
 * What a text of Markdown becomes: a tree of blocks that the page can show.
 *
 * A block that did not change keeps its identity from one update to the next, so that
 * nothing of it is rendered again. Its key is its place among its siblings: text only grows.
 */

/** Sanitised HTML of one paragraph, heading or rule; a table is apart, for it scrolls by itself. */
export interface HtmlBlock {
	readonly key: string;
	readonly type: 'html' | 'table';
	readonly source: string;
	readonly html: string;
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

/** Text shown as it is: a table that is still growing, or a paragraph too long to be parsed. */
export interface PlainBlock {
	readonly key: string;
	readonly type: 'plain';
	readonly source: string;
	readonly text: string;
	/** Columns line up in a growing table. */
	readonly aligned: boolean;
}

export interface ListItem {
	readonly key: string;
	readonly source: string;
	/** `null`: no task. */
	readonly checked: boolean | null;
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

export type Block = HtmlBlock | CodeBlock | PlainBlock | ListBlock | QuoteBlock;
