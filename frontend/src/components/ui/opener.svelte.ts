import { createAttachmentKey } from 'svelte/attachments';

/** What an opener is told of what it opens. */
interface Opened {
	popup: 'menu' | 'dialog';
	isOpen: () => boolean;
	toggle: (isOpen: boolean) => void;
}

/** Owns the control that opens a menu or a popover: its attributes, its presses, its keys. */
export class Opener {
	element = $state.raw<HTMLElement | null>(null);

	readonly #opened: Opened;
	readonly #key = createAttachmentKey();
	/** Always the same: another one would let the control go for a moment. */
	readonly #attach = (element: HTMLElement) => {
		this.element = element;
		return () => {
			this.element = null;
		};
	};
	/** The press that closes what is open must not open it again. */
	#wasOpen = false;

	properties = $derived.by(() => ({
		[this.#key]: this.#attach,
		'aria-haspopup': this.#opened.popup,
		'aria-expanded': this.#opened.isOpen(),
		onpointerdown: () => {
			this.#wasOpen = this.#opened.isOpen();
		},
		onclick: () => {
			this.#opened.toggle(!this.#wasOpen && !this.#opened.isOpen());
			this.#wasOpen = false;
		},
		onkeydown: (event: KeyboardEvent) => {
			if (this.#opened.popup === 'menu' && event.key === 'ArrowDown') {
				event.preventDefault();
				this.#opened.toggle(true);
			}
		}
	}));

	constructor(opened: Opened) {
		this.#opened = opened;
	}
}
