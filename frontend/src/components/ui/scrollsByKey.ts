/** Lets Tab reach a box as long as it has something to scroll, so that keys can scroll it. */
export function scrollsByKey(box: HTMLElement): () => void {
	function measure(): void {
		if (box.scrollHeight > box.clientHeight) {
			box.tabIndex = 0;
		} else {
			box.removeAttribute('tabindex');
		}
	}

	const observer = new ResizeObserver(measure);
	observer.observe(box);
	return () => observer.disconnect();
}
