/** Puts text on the clipboard; answers whether it is there. */
export async function copyText(text: string): Promise<boolean> {
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch {
		// Refused, or not there: some webviews leave only the old way.
		return copyBySelection(text);
	}
}

/** Puts rich text on the clipboard, with the plain text for what takes no other. */
export async function copyRich(html: string, text: string): Promise<boolean> {
	try {
		await navigator.clipboard.write([
			new ClipboardItem({
				'text/html': new Blob([html], { type: 'text/html' }),
				'text/plain': new Blob([text], { type: 'text/plain' })
			})
		]);
		return true;
	} catch {
		return copyByEvent(html, text);
	}
}

/** What the person copies is what we say it is. */
function copyByEvent(html: string, text: string): boolean {
	let isCopied = false;
	function oncopy(event: ClipboardEvent): void {
		event.preventDefault();
		event.stopImmediatePropagation();
		event.clipboardData?.setData('text/html', html);
		event.clipboardData?.setData('text/plain', text);
		isCopied = event.clipboardData !== null;
	}
	document.addEventListener('copy', oncopy, true);
	document.execCommand('copy');
	document.removeEventListener('copy', oncopy, true);
	return isCopied;
}

function copyBySelection(text: string): boolean {
	const focused = document.activeElement;
	const area = document.createElement('textarea');
	area.value = text;
	area.setAttribute('readonly', '');
	area.className = 'visually-hidden';
	document.body.append(area);
	area.select();
	const isCopied = document.execCommand('copy');
	area.remove();
	if (focused instanceof HTMLElement) {
		focused.focus({ preventScroll: true });
	}
	return isCopied;
}
