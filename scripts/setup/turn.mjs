/** Lets one set-up work at a time; a second one waits, and then finds everything done. */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { root } from './places.mjs';
import { isAlive, say } from './run.mjs';

const lock = join(root, '.setup', 'lock');

export async function inTurn(work) {
	await acquire();
	try {
		return await work();
	} finally {
		rmSync(lock, { force: true });
	}
}

async function acquire() {
	mkdirSync(dirname(lock), { recursive: true });
	for (let told = false; ;) {
		try {
			writeFileSync(lock, String(process.pid), { flag: 'wx' });
			return;
		} catch (error) {
			if (error.code !== 'EEXIST') throw error;
		}
		const owner = ownerOfLock();
		if (owner !== null && !isAlive(owner)) {
			rmSync(lock, { force: true });
			continue;
		}
		if (!told) say('Another set-up is at work in this folder; waiting for it …');
		told = true;
		await sleep(200);
	}
}

/** Null while the owner has not written its number yet. */
function ownerOfLock() {
	try {
		return Number.parseInt(readFileSync(lock, 'utf8'), 10) || null;
	} catch {
		return null;
	}
}
