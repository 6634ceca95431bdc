import { rank, type Ranked } from '../../lib/palette/rank';
import type { Stores } from '../../lib/stores/context';
import { paletteWords as text } from '../../lib/words/en.palette';
import {
	chatItems,
	commandItems,
	type GroupName,
	modelItems,
	type RunnableItem,
	settingItems
} from './paletteItems';

export interface PaletteGroup {
	name: GroupName;
	rows: Ranked<RunnableItem>[];
}

/** Rows of a group while nothing is written, and while something is. */
const AT_FIRST = 5;
const MOST = 6;
const MOST_REMEMBERED = 20;
/** What is done comes before the place where something like it is set. */
const WORTH_OF_SETTINGS = 0.8;

/** Owns what the palette shows for what was written, and which row is meant. */
export class Palette {
	query = $state('');
	index = $state(0);
	/** The words are looked for in the messages. */
	isInMessages = $state(false);

	readonly #stores: Stores;

	/** What follows the app is made when the palette opens and when the app changes, not by key. */
	#commands = $derived.by(() => commandItems(this.#stores));
	#models = $derived.by(() => modelItems(this.#stores));
	#chats = $derived.by(() => chatItems(this.#stores));
	#settings = $derived.by(() => settingItems(this.#stores));
	#recent = $derived.by(() => this.#findRecent());

	groups = $derived.by(() => this.#findGroups());
	rows = $derived(this.groups.flatMap(({ rows }) => rows));
	current = $derived(this.rows[this.index]?.item ?? null);

	constructor(stores: Stores) {
		this.#stores = stores;
	}

	write(query: string): void {
		this.query = query;
		this.index = 0;
	}

	/** Round and round. */
	step(by: number): void {
		const { length } = this.rows;
		if (length > 0) {
			this.index = (this.index + by + length) % length;
		}
	}

	/** What is run comes first the next time. */
	remember({ id, group }: RunnableItem): void {
		const { settings } = this.#stores;
		if (group !== 'search') {
			const before = settings.settings?.recent_actions ?? [];
			const recent_actions = [id, ...before.filter((one) => one !== id)];
			void settings.update({ recent_actions: recent_actions.slice(0, MOST_REMEMBERED) });
		}
	}

	#findGroups(): PaletteGroup[] {
		const query = this.query.trim();
		if (query === '') {
			const shown = this.#recent.map(({ id }) => id);
			const others = [this.#commands, this.#chats, this.#models].map((items) =>
				rank(
					items.filter(({ id }) => !shown.includes(id)),
					'',
					AT_FIRST
				)
			);
			return grouped([rank(this.#recent, '', AT_FIRST).map(asRecent), ...others]);
		}
		const found = [this.#models, this.#commands, this.#chats, this.#settings]
			.map((items) => rank(items, query, MOST))
			.sort((a, b) => worth(b) - worth(a));
		return grouped([...found, [{ item: this.#search(query), ranges: [], score: 0 }]]);
	}

	#search(query: string): RunnableItem {
		return {
			id: 'search',
			group: 'search',
			title: text.searchFor(query),
			icon: 'search',
			run: () => {
				this.isInMessages = true;
			}
		};
	}

	#findRecent(): RunnableItem[] {
		const ids = this.#stores.settings.settings?.recent_actions ?? [];
		if (ids.length === 0) {
			return [];
		}
		const all = [...this.#commands, ...this.#models, ...this.#chats, ...this.#settings];
		return ids.flatMap((id) => all.find((item) => item.id === id) ?? []);
	}
}

function worth([best]: readonly Ranked<RunnableItem>[]): number {
	if (best === undefined) {
		return 0;
	}
	return best.score * (best.item.group === 'settings' ? WORTH_OF_SETTINGS : 1);
}

function asRecent({ item, ...rest }: Ranked<RunnableItem>): Ranked<RunnableItem> {
	return { ...rest, item: { ...item, group: 'recent' } };
}

/** The best group comes first; those without rows are left out. */
function grouped(groups: Ranked<RunnableItem>[][]): PaletteGroup[] {
	return groups.flatMap((rows) => {
		const name = rows[0]?.item.group;
		return name === undefined ? [] : [{ name, rows }];
	});
}
