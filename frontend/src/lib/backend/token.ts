const KEY = 'token';

/**
 * The token of this launch: from the fragment of the address (`#token=…`), else from this tab's
 * last life. The address bar is cleared once the token is kept elsewhere, so that it is neither
 * shown nor copied with the address.
 */
export function takeToken(page: Window): string | null {
	const fromAddress = new URLSearchParams(page.location.hash.slice(1)).get(KEY);
	if (fromAddress === null) {
		return readKept(page);
	}
	if (keep(page, fromAddress)) {
		page.history.replaceState(null, '', page.location.pathname + page.location.search);
	}
	return fromAddress;
}

function readKept(page: Window): string | null {
	try {
		return page.sessionStorage.getItem(KEY);
	} catch {
		return null; // An engine in private mode may have no storage at all.
	}
}

function keep(page: Window, token: string): boolean {
	try {
		page.sessionStorage.setItem(KEY, token);
		return true;
	} catch {
		return false;
	}
}
