/**
 * `npm run package`: one executable in `dist/`, with the page and the embedded engine inside.
 * `npm run package -- --folder`: a folder of its own, with the Qt window inside.
 */

import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { setUpGtk } from './setup/gtk.mjs';
import { findMissingPythonLibrary } from './setup/needs.mjs';
import { buildPage } from './setup/node.mjs';
import { root, venvPython } from './setup/places.mjs';
import { SetupError, main, run, say, step } from './setup/run.mjs';
import { install } from './setup/system.mjs';
import { setUp } from './setup.mjs';

const largestExecutable = 70e6;

await main(async () => {
	const folder = process.argv.includes('--folder');
	await setUp({ developing: true, page: false });
	await buildPage({ always: true });
	if (process.platform === 'linux') await install(findMissingPythonLibrary());
	const gtk = process.platform === 'linux' && !folder ? await setUpGtk() : null;

	await step('Building the executable', () =>
		run(venvPython, [
			...['-m', 'PyInstaller', '--noconfirm', '--log-level', 'ERROR'],
			...['--distpath', join(root, 'dist'), '--workpath', join(root, 'build'), 'build.spec'],
			...['--', ...(folder ? ['--folder'] : []), ...(gtk ? ['--gtk', gtk] : [])]
		])
	);
	const name = process.platform === 'win32' ? 'llama-desktop.exe' : 'llama-desktop';
	const result = folder ? join(root, 'dist', 'llama-desktop-qt') : join(root, 'dist', name);
	const bytes = sizeOf(result);
	say(`${result}: ${(bytes / 1e6).toFixed(1)} MB`);
	if (!folder && bytes > largestExecutable) {
		throw new SetupError(`The executable is larger than ${largestExecutable / 1e6} MB.`);
	}
});

function sizeOf(path) {
	const status = lstatSync(path);
	if (!status.isDirectory()) return status.size;
	return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}
