/** Tokens to HTML, in our own few tags, sanitised last. */

import { Parser, Renderer, type Token, type Tokens } from 'marked';

import { words } from '../words/en';
import type { CitationToken } from './citations';
import { openableAddress } from './links';
import type { MathWork } from './math';
import type { MathToken } from './mathText';
import type { NoteReferenceToken } from './notes';
import { sanitizeProse } from './sanitize';

/** Tags without attributes that a text may use; every other tag is shown as the text it is. */
const INLINE_TAG =
	/^<\/?(?:b|br|del|em|i|ins|kbd|mark|q|s|samp|small|strong|sub|sup|u|var)\s*\/?>$/i;
const ANY_TAG = /(<[^<>]*>)/;

const ENTITIES: Record<string, string> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;'
};

export function escapeHtml(text: string): string {
	return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

function renderRawHtml(text: string): string {
	return text
		.split(ANY_TAG)
		.map((piece) => (INLINE_TAG.test(piece) ? piece : escapeHtml(piece)))
		.join('');
}

function link(href: string, html: string): string {
	const address = openableAddress(href);
	return address === null ? html : `<a href="${escapeHtml(address)}">${html}</a>`;
}

/** A class, for this is how marked takes one: it calls these methods by name. */
class PageRenderer extends Renderer {
	override html({ text, block }: Tokens.HTML | Tokens.Tag): string {
		return block ? `<p>${renderRawHtml(text.trimEnd())}</p>` : renderRawHtml(text);
	}

	override link({ href, tokens }: Tokens.Link): string {
		return link(href, this.parser.parseInline(tokens));
	}

	/** The list item draws its own box. */
	override checkbox(): string {
		return '';
	}

	/** Nothing is fetched: the picture's words stand for it and lead to it. */
	override image({ href, text }: Tokens.Image): string {
		return link(href, escapeHtml(text || href));
	}
}

/** Stands where our own HTML goes; no text can hold these two signs. */
const PLACE = /\ufdd0(\d+)\ufdd1/g;
const PLACE_SIGNS = /[\ufdd0\ufdd1]/g;

/** HTML of our own making, put in once the rest is sanitised: its marks are none of a message's. */
class Inserts {
	#all: string[] = [];

	add(html: string): string {
		this.#all.push(html);
		return `\ufdd0${this.#all.length - 1}\ufdd1`;
	}

	fill(html: string): string {
		const all: (string | undefined)[] = this.#all;
		this.#all = [];
		return html
			.replace(PLACE, (_, index: string) => {
				const insert = all[Number(index)] ?? '';
				all[Number(index)] = undefined;
				return insert;
			})
			.replace(PLACE_SIGNS, '');
	}
}

const inserts = new Inserts();
let work: MathWork | null = null;

export function renderMath(token: MathToken, by: MathWork): string {
	return by.render(token.text, token.isDisplay) ?? escapeHtml(token.raw.trim());
}

function renderNoteReference({ number }: NoteReferenceToken): string {
	const label = escapeHtml(words.markdown.note(number));
	return `<sup><button type="button" class="note" data-note="${number}" aria-label="${label}">${number}</button></sup>`;
}

function renderCitation({ raw, number }: CitationToken): string {
	const label = escapeHtml(words.memory.passage.source(number));
	const [space, name] = raw.startsWith(' ') ? [' ', 'cite spaced'] : ['', 'cite'];
	return `${space}<button type="button" class="${name}" data-cite="${number}" aria-label="${label}">${number}</button>`;
}

const parser = new Parser({
	gfm: true,
	renderer: new PageRenderer(),
	extensions: {
		childTokens: {},
		renderers: {
			math: (token) => (work === null ? '' : inserts.add(renderMath(token as MathToken, work))),
			citation: (token) => inserts.add(renderCitation(token as CitationToken)),
			noteReference: (token) => inserts.add(renderNoteReference(token as NoteReferenceToken))
		}
	}
});

/** Sanitised HTML of a block; `isInline`: without the element around it. */
export function renderHtml(token: Token, isInline: boolean, math: MathWork): string {
	work = math;
	try {
		const { tokens } = token as Tokens.Generic;
		const html = isInline && tokens ? parser.parseInline(tokens) : parser.parse([token]);
		return inserts.fill(sanitizeProse(html));
	} finally {
		work = null;
	}
}
