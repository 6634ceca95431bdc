/** Where things are in the checkout. */

import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../..');

const windows = process.platform === 'win32';

export const venv = join(root, '.venv');
export const venvPython = windows
	? join(venv, 'Scripts', 'python.exe')
	: join(venv, 'bin', 'python');

/** Notes of what was set up last, each beside what it speaks of. */
export const stamps = {
	python: join(venv, '.llama-desktop.json'),
	node: join(root, 'node_modules', '.llama-desktop.json'),
	system: join(root, '.setup', 'system.json')
};
