import type { LogLevel, LogLine } from '../../lib/backend/protocol';
import { formatLogTime } from '../../lib/format';

/** Which lines are shown. */
export type LevelChoice = 'all' | 'warnings' | 'errors';

const LEVELS: Record<Exclude<LevelChoice, 'all'>, LogLevel> = { warnings: 'W', errors: 'E' };

/** The lines of a level that hold a text, by whichever letters. */
export function filterLines(
	lines: readonly LogLine[],
	level: LevelChoice,
	filter: string
): readonly LogLine[] {
	const wanted = filter.trim().toLowerCase();
	if (level === 'all' && wanted === '') {
		return lines;
	}
	return lines.filter(
		(line) =>
			(level === 'all' || line.level === LEVELS[level]) &&
			(wanted === '' || line.text.toLowerCase().includes(wanted))
	);
}

/** How many lines of each level there are. */
export function countLevels(
	lines: readonly LogLine[]
): Record<Exclude<LevelChoice, 'all'>, number> {
	let warnings = 0;
	let errors = 0;
	for (const { level } of lines) {
		if (level === 'W') {
			warnings += 1;
		} else if (level === 'E') {
			errors += 1;
		}
	}
	return { warnings, errors };
}

/** A line as it is copied. */
export function lineText({ time, level, text }: LogLine): string {
	return `${formatLogTime(time)} ${level ?? ' '} ${text}`;
}
