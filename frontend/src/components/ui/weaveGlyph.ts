/** What a name looks like as a woven band: a motif of 5 by 5, mirrored eight ways, in one of six dyes. */
export interface Motif {
	/** 1 to 6. */
	dye: number;
	cells: { x: number; y: number }[];
}

const SIZE = 5;
const DYES = 6;

/** Which of the six free cells are woven; chosen so that none looks empty, full or like another. */
const PATTERNS = [
	0b101011, 0b110101, 0b011110, 0b100111, 0b111010, 0b001111, 0b110011, 0b101110, 0b010111,
	0b111001, 0b011011, 0b100101, 0b010110, 0b110110
] as const;

/** The bit of a cell, by its distances from the nearest edges, the smaller first. */
const BITS = [
	[0, 1, 2],
	[0, 3, 4],
	[0, 0, 5]
] as const;

export function weaveMotif(name: string): Motif {
	const hash = fnv1a(name.toLowerCase());
	const pattern = PATTERNS[(hash >>> 8) % PATTERNS.length] ?? PATTERNS[0];
	const cells = [];
	for (let y = 0; y < SIZE; y++) {
		for (let x = 0; x < SIZE; x++) {
			if ((pattern >> bitOf(x, y)) & 1) {
				cells.push({ x, y });
			}
		}
	}
	return { dye: (hash % DYES) + 1, cells };
}

function bitOf(x: number, y: number): number {
	const u = Math.min(x, SIZE - 1 - x);
	const v = Math.min(y, SIZE - 1 - y);
	return BITS[Math.min(u, v)]?.[Math.max(u, v)] ?? 0;
}

function fnv1a(text: string): number {
	let hash = 2166136261;
	for (const character of text) {
		hash = Math.imul(hash ^ character.charCodeAt(0), 16777619) >>> 0;
	}
	return hash;
}
