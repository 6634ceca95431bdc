/**
 * `node scripts/lock.mjs`: writes the Python lock files anew from pyproject.toml.
 *
 * One lock for every system and for every Python that we take, with hashes. Versions stay as they
 * are unless pyproject.toml asks for more; `--upgrade` takes the newest.
 */

import { venvPython } from './setup/places.mjs';
import { main, outputOf, run } from './setup/run.mjs';
import { setUp } from './setup.mjs';

const options = ['--quiet', '--universal', '--generate-hashes', '--python-version', '3.11'];

await main(async () => {
	await setUp({ developing: true, page: false });
	if (outputOf(venvPython, ['-m', 'uv', '--version']) === null) {
		await run(venvPython, ['-m', 'pip', 'install', '--quiet', 'uv']);
	}
	const extra = process.argv.slice(2);
	const compile = (output, ...inputs) =>
		run(venvPython, [
			...['-m', 'uv', 'pip', 'compile', ...options, ...extra],
			...[...inputs, '--custom-compile-command', 'node scripts/lock.mjs'],
			...['--output-file', output]
		]);
	await compile('requirements.txt', 'pyproject.toml');
	await compile('requirements-package.txt', '--group', 'package');
	await compile(
		'requirements-dev.txt',
		'pyproject.toml',
		'--group',
		'dev',
		'-c',
		'requirements.txt'
	);
});
