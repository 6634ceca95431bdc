import { SvelteMap, SvelteSet } from 'svelte/reactivity';

import type { Backend } from '../backend/backend';
import { asBackendError, type BackendError } from '../backend/errors';
import type { Attachment } from '../backend/protocol';
import { fromBase64, toBase64 } from '../files/bytes';

/** What is in an attachment, ready to be shown. */
export type Shown =
	| { type: 'text'; text: string }
	/** `url` lives as long as the page remembers the picture. */
	| { type: 'image'; url: string }
	| { type: 'gone'; error: BackendError };

/** A file as the app takes it. */
export interface PreparedFile {
	name: string;
	blob: Blob;
	width?: number;
	height?: number;
}

/** What is seen once is often seen again soon; what was seen long ago is fetched anew. */
const MOST_REMEMBERED = 40;

/** Owns what the page knows of the content of attachments, and hands new ones to the app. */
export class AttachmentsStore {
	#shown = new SvelteMap<string, Shown>();

	readonly #backend: Backend;
	#asked = new SvelteSet<string>();

	constructor(backend: Backend) {
		this.#backend = backend;
	}

	/** `null` until `show` has brought it. */
	shown(id: string): Shown | null {
		return this.#shown.get(id) ?? null;
	}

	/** Brings the content, unless it is here or on its way. */
	async show(id: string): Promise<void> {
		if (this.#asked.has(id)) {
			return;
		}
		this.#asked.add(id);
		try {
			const { attachment, text, data } = await this.#backend.invoke('get_attachment', {
				attachment_id: id
			});
			this.#remember(
				id,
				data === null
					? { type: 'text', text: text ?? '' }
					: {
							type: 'image',
							url: URL.createObjectURL(fromBase64(data, attachment.media_type))
						}
			);
		} catch (caught) {
			this.#remember(id, { type: 'gone', error: asBackendError(caught) });
			// It may come back with the connection.
			this.#asked.delete(id);
		}
	}

	async add({ name, blob, width, height }: PreparedFile): Promise<Attachment> {
		const data = await toBase64(blob);
		const attachment = await this.#backend.invoke('add_attachment', {
			name,
			data,
			width: width ?? null,
			height: height ?? null
		});
		if (attachment.kind === 'image') {
			this.#asked.add(attachment.id);
			this.#remember(attachment.id, { type: 'image', url: URL.createObjectURL(blob) });
		}
		return attachment;
	}

	/** By the native dialog; `no_window` where there is none. */
	async pick(): Promise<Attachment[]> {
		return await this.#backend.invoke('pick_attachments', {});
	}

	#remember(id: string, shown: Shown): void {
		this.#shown.set(id, shown);
		for (const [oldest, { type }] of this.#shown) {
			if (this.#shown.size <= MOST_REMEMBERED) {
				return;
			}
			this.#forget(oldest, type);
		}
	}

	#forget(id: string, type: Shown['type']): void {
		const shown = this.#shown.get(id);
		if (type === 'image' && shown?.type === 'image') {
			URL.revokeObjectURL(shown.url);
		}
		this.#shown.delete(id);
		this.#asked.delete(id);
	}
}
