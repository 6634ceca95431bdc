import type { Attachment } from 'svelte/attachments';

import { driftOf, findPlace, type ReadingPlace } from '../transcript/readingPlace';

/** A reader who is so near to the end is there. */
const NEAR_PX = 48;

/**
 * Keeps a growing text's end in view until the reader goes up, and takes up again when he comes
 * back to the end. Meanwhile what he reads stays where it is, whatever happens above it: by hand,
 * because WebKit does not do it. It sets the scroll position when the layout has changed, before it
 * is painted, and never smoothly.
 */
export class StickToBottom {
	isFollowing = $state(true);
	/** The beginning is out of view. */
	isScrolled = $state(false);
	/** The end is out of view. */
	isAway = $state(false);

	#scroller: HTMLElement | null = null;
	#lastTop = 0;
	#lastHeight = 0;
	#touchY = 0;
	#place: ReadingPlace = [];

	/** For the element that scrolls; what grows are its children. */
	readonly attach: Attachment<HTMLElement> = (scroller) => {
		this.#scroller = scroller;
		this.#lastTop = 0;
		this.#lastHeight = 0;
		const observer = new ResizeObserver(() => this.settle());
		observer.observe(scroller);
		for (const child of scroller.children) {
			observer.observe(child);
		}
		const gone = new AbortController();
		const options = { passive: true, signal: gone.signal };
		scroller.addEventListener('scroll', () => this.#onScroll(), options);
		scroller.addEventListener('wheel', (event) => this.#onWheel(event), options);
		scroller.addEventListener('touchstart', (event) => this.#onTouch(event, false), options);
		scroller.addEventListener('touchmove', (event) => this.#onTouch(event, true), options);
		document.addEventListener('selectionchange', () => this.#onSelection(), options);
		return () => {
			observer.disconnect();
			gone.abort();
			this.#scroller = null;
			this.isScrolled = false;
			this.isAway = false;
		};
	};

	/** Goes to the end and stays there. */
	resume(): void {
		this.isFollowing = true;
		this.#toEnd();
	}

	/** Stays where the reader was brought to. */
	hold(): void {
		this.isFollowing = false;
		this.#look();
	}

	/** The layout has changed: back to the end, or to what was being read. */
	settle(): void {
		if (this.isFollowing) {
			this.#toEnd();
		} else if (this.#scroller !== null) {
			const drift = driftOf(this.#place, this.#scroller);
			if (Math.abs(drift) >= 0.5) {
				this.#scroller.scrollTop += drift;
			}
		}
		this.#look();
	}

	#onScroll(): void {
		const scroller = this.#scroller;
		if (scroller === null) {
			return;
		}
		const { scrollTop, scrollHeight } = scroller;
		// Where the text became shorter, the position is taken back with it; nobody went up.
		if (scrollTop < this.#lastTop - 1 && scrollHeight >= this.#lastHeight) {
			this.isFollowing = false;
		} else if (scrollTop > this.#lastTop && this.#distance() <= NEAR_PX) {
			this.isFollowing = true;
		}
		this.#look();
	}

	#onWheel(event: WheelEvent): void {
		if (event.deltaY < 0 && !event.ctrlKey && (this.#scroller?.scrollTop ?? 0) > 0) {
			this.isFollowing = false;
			this.#look();
		}
	}

	#onTouch(event: TouchEvent, moves: boolean): void {
		const y = event.touches[0]?.clientY ?? 0;
		if (moves && y > this.#touchY && (this.#scroller?.scrollTop ?? 0) > 0) {
			this.isFollowing = false;
		}
		this.#touchY = y;
	}

	/** What is being selected must not move away under the pointer. */
	#onSelection(): void {
		const selection = document.getSelection();
		if (selection?.isCollapsed === false && this.#scroller?.contains(selection.anchorNode)) {
			this.isFollowing = false;
			this.#look();
		}
	}

	#toEnd(): void {
		if (this.#scroller !== null) {
			this.#scroller.scrollTop = this.#scroller.scrollHeight;
		}
	}

	#distance(): number {
		const scroller = this.#scroller;
		return scroller === null
			? 0
			: scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
	}

	#look(): void {
		this.#lastTop = this.#scroller?.scrollTop ?? 0;
		this.#lastHeight = this.#scroller?.scrollHeight ?? 0;
		this.#place = this.#scroller === null ? [] : findPlace(this.#scroller);
		this.isScrolled = this.#lastTop > 0;
		this.isAway = !this.isFollowing && this.#distance() > NEAR_PX;
	}
}
