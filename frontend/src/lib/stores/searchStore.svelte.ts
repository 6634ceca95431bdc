import type { Backend } from '../backend/backend';
import { asBackendError } from '../backend/errors';
import type { IndexState, Role, SearchFilterInput, SearchHit } from '../backend/protocol';

/** Which messages are looked at. `null`: all of them. */
export interface SearchFilters {
	role: Role | null;
	model: string | null;
	/** Written in the last so many days. */
	days: number | null;
	isPinned: boolean;
	hasCode: boolean;
}

export interface SearchResult {
	query: string;
	hits: readonly SearchHit[];
	/** From the question to its answer, as the page saw it. */
	milliseconds: number;
}

/** The hits of one chat, best first; the chats stand in the order of their best hits. */
export interface HitGroup {
	conversationId: string;
	title: string;
	hits: SearchHit[];
}

export const NO_FILTERS: SearchFilters = {
	role: null,
	model: null,
	days: null,
	isPinned: false,
	hasCode: false
};
const LIMIT = 50;
const DAY_SECONDS = 86_400;

/** Owns the search of all chats: what is asked, and what was found. It stays while the page is left. */
export class SearchStore {
	query = $state('');
	filters = $state.raw<SearchFilters>(NO_FILTERS);
	/** Whether the models beside the index may say something, where there are any. */
	byMeaning = $state(true);
	/** Of the last question that was answered; it stands until the next one is. `null`: nothing is asked. */
	result = $state.raw<SearchResult | null>(null);
	problem = $state<string | null>(null);
	/** The hit that is looked at, by its place in `ordered`. */
	index = $state(0);
	/** Whose answers can be found. */
	models = $state.raw<readonly string[]>([]);
	/** How far the search index has come. */
	indexState = $state.raw<IndexState | null>(null);

	/** Whether a model beside the index is chosen. */
	knowsMeaning = $derived(
		Boolean(this.indexState?.embedding) || Boolean(this.indexState?.reranker)
	);
	groups = $derived(groupByChat(this.result?.hits ?? []));
	ordered = $derived(this.groups.flatMap(({ hits }) => hits));
	selected = $derived(this.ordered[this.index] ?? null);
	isFiltered = $derived(
		Object.values(this.filters).some((value) => value !== null && value !== false)
	);

	readonly #backend: Backend;
	#isAsking = false;
	#isOutdated = false;

	constructor(backend: Backend) {
		this.#backend = backend;
	}

	/** While the page is open: how far the index is, and whose answers are in it. */
	watch(): () => void {
		void this.#readModels();
		return this.#backend.listen('memory', (state) => {
			const hasGrown = state.message_count !== this.indexState?.message_count;
			const isMoreReady = countReady(state) > countReady(this.indexState);
			this.indexState = state;
			if ((hasGrown || isMoreReady) && this.query !== '') {
				void this.#ask();
			}
		});
	}

	write(query: string): void {
		this.query = query;
		this.index = 0;
		void this.#ask();
	}

	filter(change: Partial<SearchFilters>): void {
		this.filters = { ...this.filters, ...change };
		this.index = 0;
		void this.#ask();
	}

	useMeaning(byMeaning: boolean): void {
		this.byMeaning = byMeaning;
		this.index = 0;
		void this.#ask();
	}

	/** Looks at the hit so many places away; it stays among the hits. */
	step(by: number): void {
		this.index = Math.max(0, Math.min(this.index + by, this.ordered.length - 1));
	}

	select(hit: SearchHit): void {
		this.index = Math.max(0, this.ordered.indexOf(hit));
	}

	/** One question at a time; what is written meanwhile is asked next, and only the last of it. */
	async #ask(): Promise<void> {
		this.#isOutdated = true;
		if (this.#isAsking) {
			return;
		}
		this.#isAsking = true;
		while (this.#isOutdated) {
			this.#isOutdated = false;
			await this.#askOnce();
		}
		this.#isAsking = false;
	}

	/** By words first, which is done at once; then by meaning, unless there is a newer question. */
	async #askOnce(): Promise<void> {
		await this.#askBy(false);
		if (this.byMeaning && this.knowsMeaning && !this.#isOutdated && this.result !== null) {
			await this.#askBy(true);
		}
	}

	async #askBy(by_meaning: boolean): Promise<void> {
		const { query } = this;
		if (query.trim() === '') {
			this.result = null;
			this.problem = null;
			return;
		}
		const begin = performance.now();
		try {
			const only = filterOf(this.filters);
			const asked = { query, limit: LIMIT, only, by_meaning };
			const hits = await this.#backend.invoke('search_messages', asked);
			this.result = { query, hits, milliseconds: performance.now() - begin };
			this.problem = null;
		} catch (caught) {
			this.problem = asBackendError(caught).message;
		}
	}

	async #readModels(): Promise<void> {
		try {
			this.models = await this.#backend.invoke('list_answer_models', {});
		} catch (caught) {
			this.problem = asBackendError(caught).message;
		}
	}
}

function countReady(state: IndexState | null): number {
	return [state?.embedding, state?.reranker].filter((model) => model?.is_ready).length;
}

function filterOf({ role, model, days, isPinned, hasCode }: SearchFilters): SearchFilterInput {
	return {
		role,
		model,
		after: days === null ? null : Date.now() / 1000 - days * DAY_SECONDS,
		is_pinned: isPinned,
		has_code: hasCode
	};
}

function groupByChat(hits: readonly SearchHit[]): HitGroup[] {
	const groups: HitGroup[] = [];
	for (const hit of hits) {
		const group = groups.find(({ conversationId }) => conversationId === hit.conversation_id);
		if (group === undefined) {
			groups.push({
				conversationId: hit.conversation_id,
				title: hit.conversation_title,
				hits: [hit]
			});
		} else {
			group.hits.push(hit);
		}
	}
	return groups;
}
