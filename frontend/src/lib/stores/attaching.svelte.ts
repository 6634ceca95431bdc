import { asBackendError, BackendError } from '../backend/errors';
import type { Attachment } from '../backend/protocol';
import { shrinkImage } from '../files/shrinkImage';
import { words } from '../words/en';
import type { AttachmentsStore } from './attachmentsStore.svelte';
import type { Drafts } from './drafts.svelte';

/** A file on its way to the app. */
export interface Arriving {
	id: number;
	conversationId: string | null;
	name: string;
}

/** Text that was pasted and became a file; it can become text again. */
export interface PastedText {
	conversationId: string | null;
	attachmentId: string;
	text: string;
}

/** What the loaded model can see; `null`: none is loaded. */
export interface Sight {
	modelName: string | null;
	hasVision: boolean;
}

/** The app's own limit of a text; a larger file is not even read. */
const MOST_TEXT_BYTES = 1024 * 1024;
/** What a page can decode without harm; it is made smaller before it is sent. */
const MOST_IMAGE_BYTES = 64 * 1024 * 1024;

/** Text above either of these is easier to handle as a file. */
const LONG_CHARACTERS = 4_000;
const LONG_LINES = 60;

export function isLongText(text: string): boolean {
	return text.length > LONG_CHARACTERS || text.split('\n', LONG_LINES + 1).length > LONG_LINES;
}

/** An SVG is a text: a model reads it, and no eye of a model can draw it. */
export function isImageFile(file: File): boolean {
	return file.type.startsWith('image/') && file.type !== 'image/svg+xml';
}

/** Owns files on their way into drafts, and why some did not arrive. */
export class Attaching {
	arriving = $state.raw<readonly Arriving[]>([]);
	/** One sentence for each file that was not taken; until the next try. */
	problems = $state.raw<readonly string[]>([]);
	pasted = $state.raw<PastedText | null>(null);

	readonly #attachments: AttachmentsStore;
	readonly #drafts: Drafts;
	#nextId = 1;

	constructor(attachments: AttachmentsStore, drafts: Drafts) {
		this.#attachments = attachments;
		this.#drafts = drafts;
	}

	isBusy(conversationId: string | null): boolean {
		return this.arriving.some((one) => one.conversationId === conversationId);
	}

	/** Files that were dropped, pasted or chosen. They come into the draft in their order. */
	async addFiles(
		conversationId: string | null,
		files: readonly File[],
		sight: Sight
	): Promise<void> {
		this.problems = [];
		const unseen = sight.hasVision ? [] : files.filter(isImageFile);
		if (unseen.length > 0) {
			this.#report(words.composer.noVision(sight.modelName));
		}
		for (const file of files) {
			if (!unseen.includes(file)) {
				await this.#add(conversationId, file.name, () => this.#take(file));
			}
		}
	}

	/** By the native dialog. Answers `false` where there is none. */
	async pick(conversationId: string | null): Promise<boolean> {
		this.problems = [];
		try {
			this.#append(conversationId, await this.#attachments.pick());
		} catch (caught) {
			const error = asBackendError(caught);
			if (error.code === 'no_window') {
				return false;
			}
			this.#report(error.message);
		}
		return true;
	}

	/** Text that is too long for the composer, as a file. */
	async addText(conversationId: string | null, text: string): Promise<void> {
		this.problems = [];
		const names = this.#drafts.of(conversationId).attachments.map(({ name }) => name);
		let number = 1;
		while (names.includes(words.composer.pastedName(number))) {
			number += 1;
		}
		const name = words.composer.pastedName(number);
		const file = new File([text], name, { type: 'text/plain' });
		const attachment = await this.#add(conversationId, name, () => this.#take(file));
		this.pasted = attachment && { conversationId, attachmentId: attachment.id, text };
	}

	remove(conversationId: string | null, attachmentId: string): void {
		const { attachments } = this.#drafts.of(conversationId);
		this.#drafts.change(conversationId, {
			attachments: attachments.filter(({ id }) => id !== attachmentId)
		});
		this.problems = [];
		if (this.pasted?.attachmentId === attachmentId) {
			this.pasted = null;
		}
	}

	/** The pasted file becomes text again: takes it away and answers the text. */
	takeBackPasted(): string {
		const { pasted } = this;
		if (pasted === null) {
			return '';
		}
		this.remove(pasted.conversationId, pasted.attachmentId);
		return pasted.text;
	}

	/** What is said about files belongs to the message they were for. */
	clear(): void {
		this.problems = [];
		this.pasted = null;
	}

	async #add(
		conversationId: string | null,
		name: string,
		take: () => Promise<Attachment>
	): Promise<Attachment | null> {
		const arriving = { id: this.#nextId++, conversationId, name };
		this.arriving = [...this.arriving, arriving];
		try {
			const attachment = await take();
			this.#append(conversationId, [attachment]);
			return attachment;
		} catch (caught) {
			this.#report(caught instanceof BackendError ? caught.message : asSentence(caught));
			return null;
		} finally {
			this.arriving = this.arriving.filter(({ id }) => id !== arriving.id);
		}
	}

	async #take(file: File): Promise<Attachment> {
		const { name, size } = file;
		if (!isImageFile(file)) {
			if (size > MOST_TEXT_BYTES) {
				throw new Unusable(words.composer.tooLarge(name, size, MOST_TEXT_BYTES));
			}
			try {
				return await this.#attachments.add({ name, blob: file });
			} catch (caught) {
				throw unlessTold(caught, words.composer.fileUnreadable(name));
			}
		}
		if (size > MOST_IMAGE_BYTES) {
			throw new Unusable(words.composer.imageTooLarge(name, size));
		}
		try {
			return await this.#attachments.add(await shrinkImage(file));
		} catch (caught) {
			throw unlessTold(caught, words.composer.imageUnreadable(name));
		}
	}

	#append(conversationId: string | null, added: readonly Attachment[]): void {
		const { attachments } = this.#drafts.of(conversationId);
		this.#drafts.change(conversationId, { attachments: [...attachments, ...added] });
	}

	#report(problem: string): void {
		this.problems = [...this.problems, problem];
	}
}

/** A file that the page itself turns away. */
class Unusable extends Error {}

/** A browser does not say why it cannot read a file or an image. */
function unlessTold(caught: unknown, sentence: string): Error {
	return caught instanceof BackendError ? caught : new Unusable(sentence);
}

function asSentence(caught: unknown): string {
	if (caught instanceof Unusable) {
		return caught.message;
	}
	throw caught;
}
