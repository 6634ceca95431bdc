/** Numbers, sizes and times as people read them. Values that could not be measured are `null`. */

const NBSP = '\u00a0';
const LOCALE = 'en';

export const NOT_AVAILABLE = 'not available';

const SIZE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;
const JOULES_PER_WATT_HOUR = 3600;
const GIBIBYTE = 1024 ** 3;

const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat(LOCALE, {
	minimumFractionDigits: 1,
	maximumFractionDigits: 1
});

const clock = new Intl.DateTimeFormat(LOCALE, {
	hour: '2-digit',
	minute: '2-digit',
	second: '2-digit',
	hourCycle: 'h23'
});

/** `16,384` */
export function formatCount(value: number): string {
	return whole.format(value);
}

/** One decimal below 100: `64.1`, `1,930`. */
export function formatFigure(value: number): string {
	return Math.abs(value) < 99.95 ? tenths.format(value) : whole.format(value);
}

/** Of files, in decimal units: `4.6 GB`, `274 MB`. */
export function formatBytes(bytes: number): string {
	let value = bytes;
	let unit = 0;
	while (value >= 999.5 && unit < SIZE_UNITS.length - 1) {
		value /= 1000;
		unit += 1;
	}
	const figure = unit === 0 ? whole.format(value) : formatFigure(value);
	return `${figure}${NBSP}${SIZE_UNITS[unit] ?? ''}`;
}

/** Of memory, in the binary units it is sold in: `7.9 of 12 GB`. */
export function formatMemoryOf(usedBytes: number | null, totalBytes: number | null): string {
	if (usedBytes === null || totalBytes === null) {
		return NOT_AVAILABLE;
	}
	const total = whole.format(Math.max(1, totalBytes / GIBIBYTE));
	return `${formatFigure(usedBytes / GIBIBYTE)} of ${total}${NBSP}GB`;
}

/** `64.1 tok/s` */
export function formatTokensPerSecond(value: number | null): string {
	return value === null ? NOT_AVAILABLE : `${formatFigure(value)}${NBSP}tok/s`;
}

/** A speed while it is measured, of which tenths would only flicker: `64 tok/s`, `3.1 tok/s`. */
export function formatLiveSpeed(tokensPerSecond: number): string {
	const figure = tokensPerSecond < 9.95 ? tenths : whole;
	return `${figure.format(tokensPerSecond)}${NBSP}tok/s`;
}

/** From 0 to 1: `48 %` */
export function formatShare(share: number | null): string {
	return share === null ? NOT_AVAILABLE : `${whole.format(share * 100)}${NBSP}%`;
}

/** `0.42 s`, `6.3 s`, `42 s`, `3 min 5 s` */
export function formatSeconds(seconds: number | null): string {
	if (seconds === null) {
		return NOT_AVAILABLE;
	}
	if (seconds < 1) {
		return `${seconds.toFixed(2)}${NBSP}s`;
	}
	if (seconds < 9.95) {
		return `${seconds.toFixed(1)}${NBSP}s`;
	}
	const rounded = Math.round(seconds);
	if (rounded < 60) {
		return `${rounded}${NBSP}s`;
	}
	return `${Math.floor(rounded / 60)}${NBSP}min ${rounded % 60}${NBSP}s`;
}

/** `84 J`; from a watt-hour on `1.2 Wh` */
export function formatEnergy(joules: number): string {
	return joules < JOULES_PER_WATT_HOUR
		? `${joules < 9.95 ? formatFigure(joules) : whole.format(joules)}${NBSP}J`
		: `${formatFigure(joules / JOULES_PER_WATT_HOUR)}${NBSP}Wh`;
}

/** How long something lasts, as coarse as is read: `8 s`, `3 min`, `1 h 26 min`, `2 d 4 h`. */
export function formatSpan(seconds: number): string {
	const rounded = Math.max(0, Math.floor(seconds));
	if (rounded < 60) {
		return `${rounded}${NBSP}s`;
	}
	const minutes = Math.floor(rounded / 60);
	if (minutes < 60) {
		return `${minutes}${NBSP}min`;
	}
	const hours = Math.floor(minutes / 60);
	if (hours < 24) {
		return `${hours}${NBSP}h ${minutes % 60}${NBSP}min`;
	}
	return `${Math.floor(hours / 24)}${NBSP}d ${hours % 24}${NBSP}h`;
}

/** Of memory, in the binary units it is sold in: `7.9 GB`, `512 MB`. */
export function formatMemory(bytes: number | null): string {
	if (bytes === null) {
		return NOT_AVAILABLE;
	}
	return bytes < 0.95 * GIBIBYTE
		? `${whole.format(bytes / 1024 ** 2)}${NBSP}MB`
		: `${formatFigure(bytes / GIBIBYTE)}${NBSP}GB`;
}

/** Seconds since the epoch as a time of day to the second: `10:38:04`. */
export function formatClock(epochSeconds: number): string {
	return clock.format(epochSeconds * 1000);
}

/** The same to the millisecond, for logs: `10:38:04.218`. */
export function formatLogTime(epochSeconds: number): string {
	const milliseconds = Math.floor((epochSeconds % 1) * 1000);
	return `${clock.format(epochSeconds * 1000)}.${String(milliseconds).padStart(3, '0')}`;
}

/** Of a context window: `16k`, `40k`, `2,000`. */
export function formatContextSize(tokens: number): string {
	return tokens >= 1024 && tokens % 1024 === 0
		? `${whole.format(tokens / 1024)}k`
		: formatCount(tokens);
}

/** Seconds since the epoch as a time of day: `10:38` */
export function formatTime(epochSeconds: number): string {
	return new Date(epochSeconds * 1000).toLocaleTimeString(LOCALE, {
		hour: '2-digit',
		minute: '2-digit',
		hourCycle: 'h23'
	});
}

/** Seconds since the epoch, the nearer the shorter: `10:38`, `Monday`, `22 January`, `3 May 2025`. */
export function formatDate(epochSeconds: number, now: Date = new Date()): string {
	const date = new Date(epochSeconds * 1000);
	const age = daysBetween(date, now);
	if (age <= 0) {
		return formatTime(epochSeconds);
	}
	if (age < 7) {
		return date.toLocaleDateString(LOCALE, { weekday: 'long' });
	}
	const day = `${date.getDate()} ${date.toLocaleDateString(LOCALE, { month: 'long' })}`;
	return date.getFullYear() === now.getFullYear() ? day : `${day} ${date.getFullYear()}`;
}

/** Whole calendar days from one date to the other, by the clock on the wall. */
export function daysBetween(date: Date, now: Date): number {
	const from = Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
	const to = Date.UTC(now.getFullYear(), now.getMonth(), now.getDate());
	return Math.round((to - from) / 86_400_000);
}

/** A figure of memory without its unit, in the binary units it is sold in: `7.9`. */
export function formatGibibytes(bytes: number): string {
	return formatFigure(bytes / GIBIBYTE);
}

/** Of memory, as machines are sold: `12 GB`. */
export function formatWholeMemory(bytes: number): string {
	return `${whole.format(Math.max(1, bytes / GIBIBYTE))}${NBSP}GB`;
}

/** Of a model's parameters: `8.2 B`, `137 M`. */
export function formatParameters(count: number): string {
	if (count >= 999_500_000) {
		return `${formatFigure(count / 1e9)}${NBSP}B`;
	}
	return `${count >= 10_000_000 ? whole.format(count / 1e6) : formatFigure(count / 1e6)}${NBSP}M`;
}
