import { describe, expect, test } from 'vitest';

import {
	formatBytes,
	formatContextSize,
	formatCount,
	formatDate,
	formatMemoryOf,
	formatSeconds,
	formatShare,
	formatLiveSpeed,
	formatTokensPerSecond
} from './format';

/** Figures and units never part at the end of a line; tests read them with a plain space. */
function plain(text: string): string {
	return text.replaceAll('\u00a0', ' ');
}

describe('numbers as people read them', () => {
	test.each([
		[0, '0 B'],
		[999, '999 B'],
		[1_000, '1.0 kB'],
		[274_000_000, '274 MB'],
		[999_600_000, '1.0 GB'],
		[4_640_000_000, '4.6 GB'],
		[94_000_000_000, '94.0 GB'],
		[3_000_000_000_000_000, '3,000 TB']
	])('%d bytes are %s', (bytes, text) => {
		expect(plain(formatBytes(bytes))).toBe(text);
	});

	test('a speed has one decimal below 100', () => {
		expect(plain(formatTokensPerSecond(64.12))).toBe('64.1 tok/s');
		expect(plain(formatTokensPerSecond(99.97))).toBe('100 tok/s');
		expect(plain(formatLiveSpeed(64.12))).toBe('64 tok/s');
		expect(plain(formatLiveSpeed(3.14))).toBe('3.1 tok/s');
		expect(plain(formatTokensPerSecond(1930.4))).toBe('1,930 tok/s');
	});

	test('what was not measured is not available', () => {
		expect(formatTokensPerSecond(null)).toBe('not available');
		expect(formatShare(null)).toBe('not available');
		expect(formatSeconds(null)).toBe('not available');
		expect(formatMemoryOf(null, 1)).toBe('not available');
	});

	test.each([
		[0.004, '0.00 s'],
		[0.42, '0.42 s'],
		[6.31, '6.3 s'],
		[9.96, '10 s'],
		[59.6, '1 min 0 s'],
		[185, '3 min 5 s']
	])('%d seconds are %s', (seconds, text) => {
		expect(plain(formatSeconds(seconds))).toBe(text);
	});

	test('memory is given in the units it is sold in', () => {
		expect(plain(formatMemoryOf(7.9 * 1024 ** 3, 12 * 1024 ** 3))).toBe('7.9 of 12 GB');
	});

	test('a context window is short where it is even', () => {
		expect(formatContextSize(16_384)).toBe('16k');
		expect(formatContextSize(2_000)).toBe('2,000');
		expect(formatContextSize(512)).toBe('512');
		expect(formatCount(16_384)).toBe('16,384');
	});
});

describe('dates', () => {
	const now = new Date(2026, 4, 20, 12, 0);

	function at(year: number, month: number, day: number, hour = 10, minute = 38): string {
		return formatDate(new Date(year, month, day, hour, minute).getTime() / 1000, now);
	}

	test('the nearer, the shorter', () => {
		expect(at(2026, 4, 20)).toBe('10:38');
		expect(at(2026, 4, 19)).toBe('Tuesday');
		expect(at(2026, 4, 14)).toBe('Thursday');
		expect(at(2026, 0, 22)).toBe('22 January');
		expect(at(2025, 4, 3)).toBe('3 May 2025');
	});

	test('a clock that runs behind does not make yesterday of today', () => {
		expect(at(2026, 4, 20, 23, 59)).toBe('23:59');
		expect(at(2026, 4, 21, 0, 1)).toBe('00:01');
	});
});
