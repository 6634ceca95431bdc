/** Gives a file to the browser to keep: what a tab has instead of a window's save dialog. */
export function download(name: string, mediaType: string, text: string): void {
	const link = document.createElement('a');
	link.href = URL.createObjectURL(new Blob([text], { type: mediaType }));
	link.download = name;
	// Not in the page: no press on it is taken for a link that leads out.
	link.click();
	setTimeout(() => URL.revokeObjectURL(link.href));
}
