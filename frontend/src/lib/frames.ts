/** How long drawing may wait in a window that is hidden: frames do not come there. */
const HIDDEN_MS = 250;

/**
 * Calls back once with the next frame, or soon by a timer where no frame comes. Returns what takes
 * it back.
 */
export function onNextFrame(callback: () => void): () => void {
	const frame = requestAnimationFrame(run);
	const timer = setTimeout(run, HIDDEN_MS);

	function cancel(): void {
		cancelAnimationFrame(frame);
		clearTimeout(timer);
	}

	function run(): void {
		cancel();
		callback();
	}

	return cancel;
}
