/** How well something fits what was written, and where. Pure; fast enough for every key press. */

/** Text in one case, without accents; each sign stays at its place. */
export interface Folded {
	text: string;
	/** Where words begin. */
	starts: readonly number[];
}

export interface Fit {
	/** Higher is better. */
	score: number;
	/** From and to of what fits, in order, not overlapping. */
	ranges: readonly (readonly [number, number])[];
}

const SCORE = { start: 3, inside: 2, typo: 1.2, spread: 1 };
/** Shorter words have too many neighbours. */
const LEAST_FOR_TYPO = 4;
const ACCENTED = /[^ -~]/;

export function fold(title: string): Folded {
	if (!ACCENTED.test(title)) {
		const text = title.toLowerCase();
		return { text, starts: plainStarts(text) };
	}
	const text = foldSigns(title);
	return { text, starts: [...text.matchAll(/[\p{L}\p{N}]+/gu)].map(({ index }) => index) };
}

/** Where words begin in small letters without accents; the first key has ten thousand titles to fold. */
function plainStarts(text: string): number[] {
	const starts: number[] = [];
	let isInWord = false;
	for (let at = 0; at < text.length; at += 1) {
		const code = text.charCodeAt(at);
		const isOfWord = (code >= 97 && code <= 122) || (code >= 48 && code <= 57);
		if (isOfWord && !isInWord) {
			starts.push(at);
		}
		isInWord = isOfWord;
	}
	return starts;
}

/** The words that were written. */
export function wordsOf(query: string): string[] {
	return fold(query.trim())
		.text.split(/\s+/)
		.filter((word) => word !== '');
}

/** `null`: one of the words is nowhere in it. */
export function fit(words: readonly string[], { text, starts }: Folded): Fit | null {
	const ranges: [number, number][] = [];
	let score = 0;
	for (const word of words) {
		const found = fitWord(word, text, starts);
		if (found === null) {
			return null;
		}
		score += found.score * word.length;
		ranges.push(...found.ranges);
	}
	const isBeginning = words[0] !== undefined && text.startsWith(words[0]);
	return { score: score + (isBeginning ? 1 : 0) - text.length / 200, ranges: joined(ranges) };
}

function foldSigns(title: string): string {
	return [...title]
		.map((sign) => {
			const plain = sign
				.normalize('NFKD')
				.replace(/\p{Mark}/gu, '')
				.toLowerCase();
			return plain.length === sign.length ? plain : sign;
		})
		.join('');
}

function fitWord(
	word: string,
	text: string,
	starts: readonly number[]
): { score: number; ranges: [number, number][] } | null {
	const at = starts.find((start) => text.startsWith(word, start));
	if (at !== undefined) {
		return { score: SCORE.start, ranges: [[at, at + word.length]] };
	}
	const inside = text.indexOf(word);
	if (inside !== -1) {
		return { score: SCORE.inside, ranges: [[inside, inside + word.length]] };
	}
	if (word.length >= LEAST_FOR_TYPO) {
		const near = starts.find((start) => isNear(word, text, start));
		if (near !== undefined) {
			const end = Math.min(text.length, near + word.length);
			return { score: SCORE.typo, ranges: [[near, end]] };
		}
	}
	return spread(word, text, starts);
}

/** Whether a word begins like this but for one sign: wrong, missing, too many, or two swapped. */
function isNear(word: string, text: string, start: number): boolean {
	let same = 0;
	while (same < word.length && word[same] === text[start + same]) {
		same += 1;
	}
	// A wrong first letter is hardly ever a slip, and would make everything near.
	if (same === 0) {
		return false;
	}
	const rest = word.slice(same);
	const from = start + same;
	return (
		text.startsWith(rest.slice(1), from + 1) ||
		text.startsWith(rest, from + 1) ||
		text.startsWith(rest.slice(1), from) ||
		(rest.length > 1 && text.startsWith(`${rest[1]}${rest[0]}${rest.slice(2)}`, from))
	);
}

/** Each sign begins a word or follows the one before: `nc` is New chat. */
function spread(
	word: string,
	text: string,
	starts: readonly number[]
): { score: number; ranges: [number, number][] } | null {
	const ranges: [number, number][] = [];
	let at = -1;
	for (const sign of word) {
		const follows = at !== -1 && text[at] === sign;
		const place: number | undefined = follows
			? at
			: starts.find((start) => start >= at && text[start] === sign);
		if (place === undefined) {
			return null;
		}
		ranges.push([place, place + 1]);
		at = place + 1;
	}
	return { score: SCORE.spread, ranges };
}

function joined(ranges: [number, number][]): [number, number][] {
	const result: [number, number][] = [];
	for (const [from, to] of ranges.sort((a, b) => a[0] - b[0])) {
		const last = result.at(-1);
		if (last !== undefined && from <= last[1]) {
			last[1] = Math.max(last[1], to);
		} else {
			result.push([from, to]);
		}
	}
	return result;
}
