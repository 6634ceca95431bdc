import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { describe, expect, test } from 'vitest';

const css = readFileSync(resolve(import.meta.dirname, 'tokens.css'), 'utf8').replace(
	/\/\*[^]*?\*\//g,
	''
);

type Theme = Record<string, string>;
type Rgb = readonly [number, number, number];
interface Colour {
	rgb: Rgb;
	alpha: number;
}

/** The custom properties of the first rule that starts like this. */
function ruleOf(start: RegExp): Theme {
	const match = start.exec(css);
	if (match === null) {
		throw new Error(`No rule starts with ${start.source}.`);
	}
	const from = match.index + match[0].length;
	const declarations = css.slice(from, css.indexOf('}', from));
	return Object.fromEntries(
		[...declarations.matchAll(/(--[\w-]+)\s*:\s*([^;]+);/g)].map(([, name, value]) => [
			String(name),
			String(value).replace(/\s+/g, ' ').trim()
		])
	);
}

const light = ruleOf(/^:root\s*\{/m);
const darkRule = ruleOf(/:root\[data-theme=['"]dark['"]\]\s*\{/);
const darkCopy = ruleOf(/prefers-color-scheme:\s*dark\)\s*\{\s*:root:not\(\[data-theme\]\)\s*\{/);
const dark = { ...light, ...darkRule };

/** OKLCH to gamma-encoded sRGB, by Björn Ottosson's matrices. */
function toSrgb(lightness: number, chroma: number, hue: number): Rgb {
	const angle = (hue * Math.PI) / 180;
	const a = chroma * Math.cos(angle);
	const b = chroma * Math.sin(angle);
	const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
	const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
	const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
	return [
		encode(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
		encode(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
		encode(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s)
	];
}

function encode(linear: number): number {
	const value = Math.min(1, Math.max(0, linear));
	return value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055;
}

function decode(value: number): number {
	return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function colourOf(theme: Theme, token: string): Colour {
	const value = theme[`--${token}`] ?? '';
	const match = /^oklch\(([\d.]+) ([\d.]+) ([\d.]+)(?: \/ ([\d.]+))?\)$/.exec(value);
	if (match === null) {
		throw new Error(`--${token} is no plain oklch colour: ${value}`);
	}
	const [, lightness, chroma, hue, alpha] = match;
	return {
		rgb: toSrgb(Number(lightness), Number(chroma), Number(hue)),
		alpha: alpha === undefined ? 1 : Number(alpha)
	};
}

function over(top: Colour, under: Colour): Colour {
	function mix(channel: 0 | 1 | 2): number {
		return top.rgb[channel] * top.alpha + under.rgb[channel] * (1 - top.alpha);
	}
	return { rgb: [mix(0), mix(1), mix(2)], alpha: 1 };
}

function luminance({ rgb: [r, g, b] }: Colour): number {
	return 0.2126 * decode(r) + 0.7152 * decode(g) + 0.0722 * decode(b);
}

/** WCAG's contrast of a token on layers, named from the back to the front. */
function contrast(theme: Theme, token: string, layers: string): number {
	const back = layers
		.split('+')
		.map((layer) => colourOf(theme, layer))
		.reduce((under, top) => over(top, under));
	const front = luminance(over(colourOf(theme, token), back));
	const behind = luminance(back);
	return (Math.max(front, behind) + 0.05) / (Math.min(front, behind) + 0.05);
}

const SURFACES = ['bg-window', 'bg-canvas', 'bg-card', 'bg-raised', 'bg-sunken'];
const OUTCOMES = ['ok', 'warn', 'danger'];
const CODE = ['text', 'comment', 'keyword', 'string', 'number', 'function', 'type'];

/** Token, layers under it, least ratio. */
const PAIRS: [string, string, number][] = [
	...SURFACES.flatMap((surface): [string, string, number][] => [
		['ink-1', surface, 7],
		['ink-2', surface, 7],
		['ink-3', surface, 4.5],
		['sky', surface, 4.5],
		['focus', surface, 3],
		['line-control', surface, 3],
		['ichu', surface, 3],
		['ichu-text', surface, 4.5],
		...OUTCOMES.map((outcome): [string, string, number] => [outcome, surface, 4.5])
	]),
	...OUTCOMES.flatMap((outcome): [string, string, number][] => [
		[outcome, `${outcome}-soft`, 4.5],
		['ink-1', `${outcome}-soft`, 7],
		['ink-2', `${outcome}-soft`, 4.5],
		[`${outcome}-dot`, 'bg-window', 3],
		[`${outcome}-dot`, 'bg-canvas', 3],
		[`${outcome}-dot`, 'bg-raised', 3]
	]),
	['ink-1', 'bg-window+fill-active', 7],
	['ink-3', 'bg-window+fill-active', 4.5],
	['ink-3', 'bg-raised+fill-active', 4.5],
	['ink-3', 'bg-canvas+fill-hover', 4.5],
	['ink-3', 'bg-raised+fill-hover', 4.5],
	['ink-2', 'bg-window+fill-hover', 7],
	['ink-2', 'bg-canvas+fill-active', 4.5],
	['ink-1', 'bg-thumb', 7],
	['ink-2', 'bg-card+fill-track', 4.5],
	['focus', 'bg-window+fill-active', 3],
	['on-primary', 'primary', 7],
	['on-primary', 'primary-hover', 7],
	['primary', 'bg-raised', 3],
	['sky', 'sky-soft', 4.5],
	['on-sky', 'sky-solid', 4.5],
	['ink-1', 'selection', 4.5],
	['ichu-text', 'ichu-soft', 4.5],
	['on-danger', 'danger-solid', 4.5],
	['on-mark', 'mark', 7],
	['ink-tooltip', 'bg-tooltip', 7],
	['ink-tooltip', 'bg-tooltip+fill-tooltip', 4.5],
	...CODE.map((kind): [string, string, number] => [`syn-${kind}`, 'bg-sunken', 4.5]),
	...[1, 2, 3, 4, 5, 6].map((dye): [string, string, number] => [`dye-${dye}`, 'bg-canvas', 3])
];

describe.each([
	['light', light],
	['dark', dark]
])('in the %s theme', (_, theme) => {
	test.each(PAIRS)('%s on %s has a contrast of at least %d', (token, layers, least) => {
		expect(contrast(theme, token, layers)).toBeGreaterThanOrEqual(least);
	});
});

test('both copies of the dark theme are the same', () => {
	expect(darkCopy).toEqual(darkRule);
});

test('every colour has a dark value', () => {
	// Pictures of a theme are the same in the other one.
	const colours = Object.keys(light).filter(
		(name) => light[name]?.startsWith('oklch(') && !name.startsWith('--picture-')
	);
	expect(colours.filter((name) => !(name in darkRule))).toEqual([]);
});
