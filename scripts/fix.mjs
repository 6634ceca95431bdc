/** `npm run fix`: the formatters, and the fixes that are safe. */

import { venvPython } from './setup/places.mjs';
import { binOf, exitCode, main } from './setup/run.mjs';
import { setUp } from './setup.mjs';

await main(async () => {
	await setUp({ developing: true, page: false });
	const fixes = [
		[venvPython, '-m', 'ruff', 'check', '--fix-only', '--quiet', '.'],
		[venvPython, '-m', 'ruff', 'format', '.'],
		[process.execPath, binOf('eslint'), '--fix', '--quiet', 'frontend'],
		[
			process.execPath,
			binOf('prettier'),
			'--config',
			'frontend/.prettierrc',
			'--write',
			'--log-level',
			'warn',
			'frontend',
			'scripts'
		]
	];
	let worst = 0;
	for (const [command, ...args] of fixes) worst = Math.max(worst, await exitCode(command, args));
	return worst;
});
