/**
 * `npm test`: every test; `npm run test:unit`: those that take seconds.
 *
 * Further arguments go to pytest, and then pytest alone is run: `npm test -- -k sidebar`.
 */

import { join } from 'node:path';

import { root, venvPython } from './setup/places.mjs';
import { binOf, exitCode, main, say } from './setup/run.mjs';
import { setUp } from './setup.mjs';

await main(async () => {
	const [first, ...rest] = process.argv.slice(2);
	const unit = first === 'unit';
	const extra = unit || first === 'all' ? rest : process.argv.slice(2);
	await setUp({ developing: true, page: !unit });

	const suites = [
		['pytest', venvPython, ['-m', 'pytest', ...(unit ? ['tests/unit'] : []), ...extra]]
	];
	if (extra.length === 0) suites.push(['vitest', process.execPath, vitest()]);

	const failed = [];
	for (const [name, command, args] of suites) {
		if ((await exitCode(command, args)) !== 0) failed.push(name);
	}
	if (failed.length > 0) say(`Failed: ${failed.join(', ')}.`);
	return failed.length === 0 ? 0 : 1;
});

function vitest() {
	return [binOf('vitest'), 'run', '--config', join(root, 'frontend', 'vite.config.ts')];
}
