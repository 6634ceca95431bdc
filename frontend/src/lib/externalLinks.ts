/** The address of a link that leads out of the page; `null`: the press is on none. */
function externalAddress(target: EventTarget | null): string | null {
	const link = target instanceof Element ? target.closest('a[href]') : null;
	const href = link?.getAttribute('href') ?? '';
	return href === '' || href.startsWith('#') ? null : href;
}

/**
 * The one way out of the page: every press on a link, by mouse or key, is handed to `open` and never
 * followed by the webview, which would leave the app. Returns what takes the handlers away.
 */
export function guardLinks(page: Document, open: (address: string) => void): () => void {
	function onpress(event: Event): void {
		const address = externalAddress(event.target);
		if (address !== null) {
			event.preventDefault();
			// The middle button opens too; the right one asks for a menu.
			if (!(event instanceof MouseEvent) || event.button < 2) {
				open(address);
			}
		}
	}

	function ondrag(event: Event): void {
		// A link that is dropped on the window would be followed.
		if (externalAddress(event.target) !== null) {
			event.preventDefault();
		}
	}

	// Enter on a link arrives as a click. Captured, so that no component can let one through.
	page.addEventListener('click', onpress, true);
	page.addEventListener('auxclick', onpress, true);
	page.addEventListener('dragstart', ondrag, true);
	return () => {
		page.removeEventListener('click', onpress, true);
		page.removeEventListener('auxclick', onpress, true);
		page.removeEventListener('dragstart', ondrag, true);
	};
}
