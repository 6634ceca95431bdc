/** What KaTeX made, checked once more: its elements, its classes, and sizes within bounds. */

import DOMPurify from 'dompurify';

const TAGS =
	'span svg path line math semantics annotation mrow mi mo mn ms mtext mspace msup msub msubsup mfrac msqrt mroot mover munder munderover mtable mtr mtd mlabeledtr mstyle mpadded menclose mphantom'.split(
		' '
	);
const ATTRIBUTES =
	'class style aria-hidden xmlns display encoding mathvariant mathcolor mathbackground mathsize stretchy fence separator lspace rspace accent accentunder minsize maxsize width height depth voffset linethickness scriptlevel displaystyle columnalign columnspacing columnlines rowspacing rowlines notation side viewbox preserveaspectratio d x1 x2 y1 y2 stroke-width'.split(
		' '
	);
/** KaTeX writes nothing else into a style. */
const PROPERTY =
	/^(?:background-color|border-(?:bottom|right|top)-width|border-(?:color|right-style|style|width)|bottom|color|height|left|margin|margin-(?:left|right|top)|min-width|padding-left|position|top|width|vertical-align)$/;
const WORD = /^(?:#[\da-f]{3,8}|[a-z]+)$/i;
const LENGTH = /^(-?[\d.]+)(em|px|%)?$/;
const SUM = /^calc\(100% \+ ([\d.]+)em\)$/;
const CLASSES = /^[\w -]*$/;
const LARGEST = 60;

const purifier = DOMPurify(window);
purifier.addHook('afterSanitizeAttributes', (element) => {
	const style = element.getAttribute('style');
	if (style !== null) {
		const kept = style.split(';').filter(isHarmless).join(';');
		element.setAttribute('style', kept);
	}
	const classes = element.getAttribute('class');
	if (classes !== null && !CLASSES.test(classes)) {
		element.removeAttribute('class');
	}
});

function isHarmless(declaration: string): boolean {
	const [property = '', value = ''] = declaration.split(':').map((part) => part.trim());
	if (!PROPERTY.test(property) || (property === 'position' && value !== 'relative')) {
		return false;
	}
	return WORD.test(value) || isSmall(SUM.exec(value)?.[1]) || value.split(' ').every(isLength);
}

function isLength(value: string): boolean {
	const [, number, unit] = LENGTH.exec(value) ?? [];
	return unit === '%' ? Math.abs(Number(number)) <= 100 : isSmall(number);
}

function isSmall(number: string | undefined): boolean {
	return number !== undefined && Math.abs(Number(number)) <= LARGEST;
}

export function sanitizeMath(html: string): string {
	return purifier.sanitize(html, {
		ALLOWED_TAGS: TAGS,
		ALLOWED_ATTR: ATTRIBUTES,
		ALLOW_DATA_ATTR: false,
		ALLOW_ARIA_ATTR: false
	});
}
