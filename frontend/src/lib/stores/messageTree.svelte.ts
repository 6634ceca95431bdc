import type { Conversation, Message } from '../backend/protocol';
import {
	branchOf,
	byId,
	isUnfinished,
	merge,
	NO_MESSAGES,
	type Versions,
	versionsById,
	withDeleted
} from '../conversationTree';

/**
 * Owns the messages of the open conversation and which branch of them is shown. What was kept
 * (`load`) and what is heard meanwhile (`put`) are laid over each other, whichever comes first.
 */
export class MessageTree {
	#messages = $state.raw(NO_MESSAGES);
	#leafId = $state.raw<number | null>(null);
	/** Told by events while the conversation is being fetched. */
	#arrived: Message[] = [];

	/** What is shown, oldest first. */
	branch = $derived(branchOf(this.#messages, this.#leafId));
	#versions = $derived(versionsById(this.#messages));

	/** The last message of what is shown. */
	get leafId(): number | null {
		return this.branch.at(-1)?.id ?? null;
	}

	has(id: number): boolean {
		return this.#messages.has(id);
	}

	find(id: number): Message | null {
		return this.#messages.get(id) ?? null;
	}

	/** `null`: the message is the only one. */
	versionsOf(id: number): Versions | null {
		return this.#versions.get(id) ?? null;
	}

	/** Newer than anything that is known: its message will be heard of. */
	isNews(id: number): boolean {
		return [...this.#messages.keys()].every((known) => known < id);
	}

	clear(): void {
		this.#messages = NO_MESSAGES;
		this.#leafId = null;
		this.#arrived = [];
	}

	/** What arrives from here on is newer than what is being fetched. */
	beginFetch(): void {
		this.#arrived = [];
	}

	load({ messages, leaf_id }: Conversation): void {
		const newest = this.#arrived.at(-1)?.id ?? 0;
		this.#messages = merge(byId(messages), this.#arrived);
		this.#leafId = Math.max(leaf_id ?? 0, newest) || null;
	}

	put(messages: readonly Message[]): void {
		this.#arrived.push(...messages);
		this.#messages = merge(this.#messages, messages);
		const answer = messages.at(-1);
		if (answer !== undefined && answer.id > (this.#leafId ?? 0)) {
			this.#leafId = answer.id;
		}
	}

	show(leafId: number | null): void {
		this.#leafId = leafId;
	}

	/** Marks a message, and so all below it, as gone or as there again. */
	mark(id: number, isDeleted: boolean): void {
		this.#messages = withDeleted(this.#messages, id, isDeleted);
	}

	/** Messages that are not finished. */
	unfinished(): Message[] {
		return [...this.#messages.values()].filter(isUnfinished);
	}
}
