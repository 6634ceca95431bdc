/** Tokens to HTML, in our own few tags. What comes out is sanitised by the caller. */

import { Parser, Renderer, type Token, type Tokens } from 'marked';

import { openableAddress } from './links';

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

const parser = new Parser({ gfm: true, renderer: new PageRenderer() });

export function renderBlock(token: Token): string {
	return parser.parse([token]);
}

export function renderInline(tokens: Token[]): string {
	return parser.parseInline(tokens);
}
