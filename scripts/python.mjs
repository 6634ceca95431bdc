/** Runs the project's Python with the given arguments: `node scripts/python.mjs -m pytest …`. */

import { venvPython } from './setup/places.mjs';
import { exitCode, main } from './setup/run.mjs';
import { setUp } from './setup.mjs';

await main(async () => {
	await setUp({ developing: true, page: false });
	return exitCode(venvPython, process.argv.slice(2));
});
