/** Which addresses may be links: the one list, used before and by the sanitiser. */

const ALLOWED: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:']);

/**
 * The address as the system browser would open it, or `null` when it is none that we open.
 *
 * The parser writes foreign scripts of a host as punycode and control characters as escapes,
 * so what is shown in the title cannot look like another address.
 */
export function openableAddress(href: string): string | null {
	if (!URL.canParse(href)) {
		return null;
	}
	const url = new URL(href);
	return ALLOWED.has(url.protocol) ? url.href : null;
}
