/** The page: its npm packages, and the files that Vite builds from its sources. */

import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { root, stamps, venvPython } from './places.mjs';
import { binOf, npmCommand, run, step } from './run.mjs';
import { fingerprint, readStamp, writeStamp } from './stamp.mjs';

const frontend = join(root, 'frontend');
const lock = join(root, 'package-lock.json');
const builtPage = join(frontend, 'dist', 'index.html');
const licences = join(frontend, 'dist', 'licences.json');
const notSources = new Set(['dist', 'node_modules', '.vite']);

export async function setUpNodePackages() {
	const wanted = { lock: fingerprint(lock) };
	if (readStamp(stamps.node).lock === wanted.lock) return;
	await step('Installing npm packages', async () => {
		const [npm, ...args] = npmCommand();
		// The project's own log level is silent; an install that fails has to say why.
		await run(npm, [...args, 'ci', '--no-audit', '--no-fund', '--loglevel=error']);
	});
	writeStamp(stamps.node, wanted);
}

export async function buildPage({ always = false } = {}) {
	if (!always && isBuilt()) return;
	await step('Building the page', async () => {
		await run(process.execPath, [
			binOf('vite'),
			...['build', '--config', join(frontend, 'vite.config.ts'), '--logLevel', 'error']
		]);
		await run(venvPython, [join(root, 'scripts', 'licences.py'), licences]);
	});
}

/** Whether the built page is newer than everything that it is made from. */
function isBuilt() {
	if (!existsSync(builtPage) || !existsSync(licences)) return false;
	const built = statSync(builtPage).mtimeMs;
	return statSync(lock).mtimeMs <= built && newestChange(frontend) <= built;
}

/** When something in a folder last changed; a folder changes when an entry goes. */
function newestChange(folder) {
	let newest = statSync(folder).mtimeMs;
	for (const entry of readdirSync(folder, { withFileTypes: true })) {
		if (notSources.has(entry.name)) continue;
		const path = join(folder, entry.name);
		newest = Math.max(newest, entry.isDirectory() ? newestChange(path) : statSync(path).mtimeMs);
	}
	return newest;
}
