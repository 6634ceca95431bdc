/** Something that is done. With `undo` it can be taken back while the toast stands. */
export interface Toast {
	id: number;
	kind: 'done' | 'deleted' | 'failed';
	text: string;
	undo: (() => void) | null;
}

/** Owns the one toast that is shown; a new one takes the place of the old. How long it stands is the Toaster's. */
export class ToastsStore {
	current = $state.raw<Toast | null>(null);
	#nextId = 1;

	show(text: string, options: { kind?: Toast['kind']; undo?: () => void } = {}): void {
		this.current = {
			id: this.#nextId++,
			kind: options.kind ?? 'done',
			text,
			undo: options.undo ?? null
		};
	}

	/** Takes a toast away, unless another one has taken its place. */
	dismiss(id: number): void {
		if (this.current?.id === id) {
			this.current = null;
		}
	}
}
