import { fit, type Fit, fold, type Folded, wordsOf } from './fuzzy';

/** Something that can be run, by its title. */
export interface PaletteItem {
	/** The same in every life of the app; by it what was run last is known. */
	id: string;
	title: string;
	/** What else it is found by. */
	also?: string;
}

export interface Ranked<T extends PaletteItem> {
	item: T;
	/** What of the title fits. */
	ranges: Fit['ranges'];
	score: number;
}

/** What stood in a title does not change: it is folded once. */
const foldedTexts = new Map<string, Folded>();
const MOST_REMEMBERED = 50_000;

/** The best that fit, best first; as they stand where nothing was written. */
export function rank<T extends PaletteItem>(
	items: readonly T[],
	query: string,
	limit: number
): Ranked<T>[] {
	const words = wordsOf(query);
	if (words.length === 0) {
		return items.slice(0, limit).map((item) => ({ item, ranges: [], score: 0 }));
	}
	const found: { item: T; ranges: Fit['ranges']; score: number; index: number }[] = [];
	items.forEach((item, index) => {
		const inTitle = fit(words, foldedOf(item.title));
		if (inTitle !== null) {
			found.push({ item, index, ...inTitle });
			return;
		}
		const elsewhere = item.also && fit(words, foldedOf(`${item.title} ${item.also}`));
		if (elsewhere) {
			found.push({ item, index, score: elsewhere.score / 2, ranges: [] });
		}
	});
	return found
		.sort((a, b) => b.score - a.score || a.index - b.index)
		.slice(0, limit)
		.map(({ item, ranges, score }) => ({ item, ranges, score }));
}

function foldedOf(text: string): Folded {
	let folded = foldedTexts.get(text);
	if (folded === undefined) {
		folded = fold(text);
		if (foldedTexts.size >= MOST_REMEMBERED) {
			foldedTexts.clear();
		}
		foldedTexts.set(text, folded);
	}
	return folded;
}
