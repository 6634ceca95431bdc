/** Notes of what was done, so that it is not done again. */

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A short name for the contents of files, taken together. */
export function fingerprint(...files) {
	const hash = createHash('sha256');
	for (const file of files) hash.update(readFileSync(file)).update('\0');
	return hash.digest('hex').slice(0, 16);
}

/** What was noted, or an empty note. A note that cannot be read counts as none. */
export function readStamp(file) {
	try {
		return JSON.parse(readFileSync(file, 'utf8'));
	} catch {
		return {};
	}
}

export function writeStamp(file, note) {
	mkdirSync(dirname(file), { recursive: true });
	writeFileSync(file, `${JSON.stringify(note, null, '\t')}\n`);
}
