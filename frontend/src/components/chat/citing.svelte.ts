import type { Attachment } from 'svelte/attachments';

/** The number in a text that is pointed at, and its chip. */
export interface Pointed {
	readonly number: number;
	readonly chip: HTMLElement;
}

/** So long the passage stays when the pointer leaves, to be reached itself. */
const STAYS_MS = 220;

/** Owns which number of one answer shows its passage: the one that is hovered or has the focus. */
export class Citing {
	pointed = $state.raw<Pointed | null>(null);

	readonly #open: (number: number) => void;
	#timer: ReturnType<typeof setTimeout> | undefined;

	/** `open`: goes to where a passage is from. */
	constructor(open: (number: number) => void) {
		this.#open = open;
	}

	/** For the element of the text. */
	readonly attach: Attachment<HTMLElement> = (text) => {
		const show = ({ target }: Event): void => this.#show(target);
		const leave = (): void => this.leave();
		const press = (event: MouseEvent): void => this.#press(event);
		const close = (): void => this.close();
		text.addEventListener('pointerover', show);
		text.addEventListener('focusin', show);
		text.addEventListener('pointerout', leave);
		text.addEventListener('focusout', leave);
		text.addEventListener('click', press);
		window.addEventListener('scroll', close, { capture: true, passive: true });
		return () => {
			text.removeEventListener('pointerover', show);
			text.removeEventListener('focusin', show);
			text.removeEventListener('pointerout', leave);
			text.removeEventListener('focusout', leave);
			text.removeEventListener('click', press);
			window.removeEventListener('scroll', close, { capture: true });
			this.close();
		};
	};

	/** The pointer or the focus is on the passage itself. */
	stay(): void {
		clearTimeout(this.#timer);
	}

	leave(): void {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => (this.pointed = null), STAYS_MS);
	}

	close(): void {
		clearTimeout(this.#timer);
		this.pointed = null;
	}

	#show(target: EventTarget | null): void {
		const chip = chipOf(target);
		if (chip !== null) {
			this.stay();
			if (this.pointed?.chip !== chip) {
				this.pointed = { number: Number(chip.dataset['cite']), chip };
			}
		}
	}

	#press(event: MouseEvent): void {
		const chip = chipOf(event.target);
		if (chip === null) {
			return;
		}
		// A finger cannot hover: its press shows the passage, which leads on.
		if (event instanceof PointerEvent && event.pointerType === 'touch') {
			this.#show(chip);
		} else {
			this.close();
			this.#open(Number(chip.dataset['cite']));
		}
	}
}

function chipOf(target: EventTarget | null): HTMLElement | null {
	return target instanceof Element ? target.closest<HTMLElement>('[data-cite]') : null;
}
