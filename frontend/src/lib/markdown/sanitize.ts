/** The last step before anything becomes HTML of the page. */

import DOMPurify from 'dompurify';

import { showOverrides } from './cleanText';
import { openableAddress } from './links';

const PROSE_TAGS = [
	'a',
	'b',
	'blockquote',
	'br',
	'code',
	'del',
	'em',
	'h1',
	'h2',
	'h3',
	'h4',
	'h5',
	'h6',
	'hr',
	'i',
	'ins',
	'kbd',
	'li',
	'mark',
	'ol',
	'p',
	'pre',
	'q',
	's',
	'samp',
	'small',
	'strong',
	'sub',
	'sup',
	'table',
	'tbody',
	'td',
	'th',
	'thead',
	'tr',
	'u',
	'ul',
	'var'
];
const PROSE_ATTRIBUTES = ['align', 'href', 'start', 'title'];
const ALIGNMENTS: ReadonlySet<string> = new Set(['left', 'center', 'right']);
const COLOUR_CLASS = /^hljs-[a-z_-]+(?: [a-z]+_{1,2})*$/;

/** What runs its own way, whatever language it is in. */
const OWN_DIRECTION: ReadonlySet<string> = new Set('H1 H2 H3 H4 H5 H6 P'.split(' '));

type Purifier = ReturnType<typeof DOMPurify>;

function createProsePurifier(): Purifier {
	const purifier = DOMPurify(window);
	purifier.addHook('afterSanitizeAttributes', (element) => {
		if (OWN_DIRECTION.has(element.tagName)) {
			element.setAttribute('dir', 'auto');
		}
		const align = element.getAttribute('align');
		if (align !== null && !ALIGNMENTS.has(align)) {
			element.removeAttribute('align');
		}
		if (element.tagName !== 'A') {
			element.removeAttribute('href');
			element.removeAttribute('title');
			return;
		}
		const address = openableAddress(element.getAttribute('href') ?? '');
		if (address === null) {
			element.removeAttribute('href');
			element.removeAttribute('title');
			return;
		}
		element.setAttribute('href', address);
		element.setAttribute('title', address);
		element.setAttribute('rel', 'noreferrer noopener');
		element.setAttribute('target', '_blank');
	});
	return purifier;
}

function createCodePurifier(): Purifier {
	const purifier = DOMPurify(window);
	purifier.addHook('afterSanitizeAttributes', (element) => {
		const name = element.getAttribute('class');
		if (name !== null && !COLOUR_CLASS.test(name)) {
			element.removeAttribute('class');
		}
	});
	return purifier;
}

const prose = createProsePurifier();
const code = createCodePurifier();

/** A tag that can do nothing: one of the few that only give text a form, with nothing in it. */
const BARE_TAG =
	/<\/?(?:b|br|code|del|em|h[1-6]|hr|i|ins|kbd|mark|p|q|s|samp|small|strong|sub|sup|table|tbody|t[dhr]|thead|u|var)(?: align="(?:left|center|right)")?>/y;
const OWN_LINE = /<(p|h[1-6])>/g;

/**
 * Whether the whole of it is text and bare tags. Most of a long answer is, and needs no DOM to be
 * found harmless: 5,000 items of a list take a hundredth of the time.
 */
function isBare(html: string): boolean {
	for (let index = html.indexOf('<'); index !== -1; index = html.indexOf('<', index)) {
		BARE_TAG.lastIndex = index;
		if (!BARE_TAG.test(html)) {
			return false;
		}
		index = BARE_TAG.lastIndex;
	}
	return true;
}

/** HTML of a message: no script, style, class, image or form; links only to what we open. */
export function sanitizeProse(html: string): string {
	if (isBare(html)) {
		return showOverrides(html.replace(OWN_LINE, '<$1 dir="auto">'));
	}
	const clean = prose.sanitize(html, {
		ALLOWED_TAGS: PROSE_TAGS,
		ALLOWED_ATTR: PROSE_ATTRIBUTES,
		ALLOW_DATA_ATTR: false,
		ALLOW_ARIA_ATTR: false
	});
	// An entity may have become one just now.
	return showOverrides(clean);
}

/** HTML of coloured code: spans with the colourer's own classes, nothing else. */
export function sanitizeCode(html: string): string {
	return code.sanitize(html, {
		ALLOWED_TAGS: ['span'],
		ALLOWED_ATTR: ['class'],
		ALLOW_DATA_ATTR: false,
		ALLOW_ARIA_ATTR: false
	});
}
