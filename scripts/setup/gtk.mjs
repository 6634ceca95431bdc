/** The Python bindings of WebKitGTK, which only the Linux executable has inside. */

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { hasProgram } from './needs.mjs';
import { root, venvPython } from './places.mjs';
import { outputOf, run, say, step } from './run.mjs';
import { fingerprint, readStamp, writeStamp } from './stamp.mjs';
import { install } from './system.mjs';

const lock = join(root, 'requirements-package.txt');

/** What compiling them needs: a test that it is there, and the packages that bring it. */
const builders = [
	['gcc', ['gcc'], () => hasProgram('gcc')],
	['pkg-config', ['pkg-config'], () => hasProgram('pkg-config')],
	['cairo', ['libcairo2-dev'], () => hasModule('cairo')],
	['girepository', ['libgirepository1.0-dev'], () => hasModule('gobject-introspection-1.0')]
];

/** The folder with the bindings, or null where they cannot be built: then a browser is the window. */
export async function setUpGtk() {
	const version = outputOf(venvPython, ['-c', 'import sys; print(sys.implementation.cache_tag)']);
	const folder = join(root, '.setup', `gtk-${version.trim()}`);
	const stamp = join(folder, '.llama-desktop.json');
	const wanted = { lock: fingerprint(lock) };
	if (readStamp(stamp).lock === wanted.lock) return folder;

	await install(
		builders.filter(([, , isThere]) => !isThere()).map(([name, packages]) => ({ name, packages }))
	);
	try {
		await step('Building the bindings of WebKitGTK', async () => {
			rmSync(folder, { recursive: true, force: true });
			mkdirSync(folder, { recursive: true });
			await run(venvPython, [
				...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input'],
				...['--require-hashes', '-r', lock, '--target', folder]
			]);
		});
	} catch (error) {
		say(`The executable will use a browser as its window: ${error.message}`);
		return null;
	}
	writeStamp(stamp, wanted);
	return folder;
}

function hasModule(name) {
	return outputOf('pkg-config', ['--exists', name]) !== null;
}
