/** `npm run bench`: the benchmarks, as one table. */

import { venvPython } from './setup/places.mjs';
import { exitCode, main } from './setup/run.mjs';
import { setUp } from './setup.mjs';

await main(async () => {
	await setUp({ developing: true });
	return exitCode(venvPython, ['-m', 'benchmarks', ...process.argv.slice(2)]);
});
