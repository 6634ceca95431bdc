/** `npm start`: sets up whatever is missing, then opens the app with the given arguments. */

import { venvPython } from './setup/places.mjs';
import { exitCode, main } from './setup/run.mjs';
import { setUp } from './setup.mjs';

await main(async () => {
	await setUp();
	return exitCode(venvPython, ['-m', 'llama_desktop', ...process.argv.slice(2)]);
});
