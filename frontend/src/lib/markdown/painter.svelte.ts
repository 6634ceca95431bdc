import type { Block } from './blocks';
import type { Citations } from './citations';
import { isMathLoaded, loadMath } from './math';
import { MarkdownStream } from './stream';
import { wholeWords } from './wholeWords';

/** A growing text is painted at most this often. */
const SHORTEST_PAUSE_MS = 50;
/** Of the time, so much may go into painting: a text that is slow to read is painted less often. */
const SHARE_OF_TIME = 0.2;

/** Turns a growing text into blocks, no faster than one can read. */
export class MarkdownPainter {
	blocks = $state.raw<readonly Block[]>([]);

	readonly #stream: MarkdownStream;
	#text: string;
	#finished: boolean;
	#nextPaint = 0;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#isStopped = false;
	#isCompleting = false;

	constructor(text: string, finished: boolean, citations?: Citations) {
		this.#stream = new MarkdownStream(citations);
		this.#text = text;
		this.#finished = finished;
		this.#paint();
	}

	/** Takes the text so far; the whole text is painted at once. */
	show(text: string, finished: boolean): void {
		if (text === this.#text && finished === this.#finished) {
			return;
		}
		this.#text = text;
		this.#finished = finished;
		if (finished) {
			this.#cancel();
			this.#paint();
		} else {
			this.#timer ??= setTimeout(() => this.#paint(), this.#nextPaint - performance.now());
		}
	}

	stop(): void {
		this.#isStopped = true;
		this.#cancel();
	}

	#cancel(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
	}

	#paint(): void {
		this.#timer = undefined;
		const start = performance.now();
		const text = this.#finished ? this.#text : wholeWords(this.#text);
		this.blocks = this.#stream.update(text, this.#finished);
		const spent = performance.now() - start;
		this.#nextPaint = start + Math.max(SHORTEST_PAUSE_MS, spent / SHARE_OF_TIME);
		this.#completeMath();
	}

	/** Formulas come when KaTeX is there, and not too many of them at once. */
	#completeMath(): void {
		if (this.#stream.isPending && !this.#isCompleting) {
			this.#isCompleting = true;
			void loadMath().then(() => setTimeout(() => this.#paintMath()));
		}
	}

	#paintMath(): void {
		this.#isCompleting = false;
		if (isMathLoaded() && !this.#isStopped) {
			this.blocks = this.#stream.readAgain();
			this.#completeMath();
		}
	}
}
