/** Marks places in the page without changing it. */

export interface Highlighter {
	show(all: readonly Range[], current: Range | null): void;
}

const ALL = 'find';
const CURRENT = 'find-current';

/** By the engine itself where it can, else by boxes drawn over the text. */
export function createHighlighter(layer: HTMLElement): Highlighter {
	return 'highlights' in CSS ? new EngineHighlighter() : new BoxHighlighter(layer);
}

class EngineHighlighter implements Highlighter {
	show(all: readonly Range[], current: Range | null): void {
		CSS.highlights.set(ALL, new Highlight(...all));
		const highlight = new Highlight(...(current === null ? [] : [current]));
		highlight.priority = 1;
		CSS.highlights.set(CURRENT, highlight);
	}
}

class BoxHighlighter implements Highlighter {
	readonly #layer: HTMLElement;

	constructor(layer: HTMLElement) {
		this.#layer = layer;
	}

	show(all: readonly Range[], current: Range | null): void {
		const origin = this.#layer.getBoundingClientRect();
		const boxes = all.flatMap((range) =>
			[...range.getClientRects()].map((rectangle) => {
				const box = document.createElement('i');
				box.className = range === current ? CURRENT : ALL;
				box.style.left = `${rectangle.left - origin.left}px`;
				box.style.top = `${rectangle.top - origin.top}px`;
				box.style.width = `${rectangle.width}px`;
				box.style.height = `${rectangle.height}px`;
				return box;
			})
		);
		this.#layer.replaceChildren(...boxes);
	}
}
