/** `npm run check`: every check of the sources. Runs all of them, then fails if one failed. */

import { spawn } from 'node:child_process';

import { root, venvPython } from './setup/places.mjs';
import { binOf, main } from './setup/run.mjs';
import { setUp } from './setup.mjs';

const python = (...args) => [venvPython, '-m', ...args];
const node = (tool, ...args) => [process.execPath, binOf(...[tool].flat()), ...args];

await main(async () => {
	await setUp({ developing: true, page: false });
	const checks = [
		['ruff format', python('ruff', 'format', '--check', '.')],
		['ruff check', python('ruff', 'check', '.')],
		['mypy', python('mypy')],
		[
			'import-linter',
			[venvPython, '-c', 'from importlinter.cli import lint_imports_command as c; c()']
		],
		['protocol', python('llama_desktop.bridge.protocol', '--check')],
		['svelte-check', node('svelte-check', '--tsconfig', 'frontend/tsconfig.json')],
		['eslint', node('eslint', '--max-warnings', '0', 'frontend')],
		[
			'prettier',
			node('prettier', '--config', 'frontend/.prettierrc', '--check', 'frontend', 'scripts')
		]
	];
	let failures = 0;
	for (const [name, [command, ...args]] of checks) {
		const begin = performance.now();
		const { code, output } = await captured(command, args);
		const seconds = ((performance.now() - begin) / 1000).toFixed(1);
		console.log(`${code === 0 ? 'ok    ' : 'FAILED'}  ${name.padEnd(14)} ${seconds.padStart(5)} s`);
		if (code === 0) continue;
		failures += 1;
		console.log(output.trimEnd().replace(/^/gm, '        '));
	}
	return failures === 0 ? 0 : 1;
});

/** What passes is one line; what a tool says is shown only when it fails. */
function captured(command, args) {
	return new Promise((resolve) => {
		let output = '';
		const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
		for (const stream of [child.stdout, child.stderr]) {
			stream.setEncoding('utf8').on('data', (text) => (output += text));
		}
		child.on('error', (error) => resolve({ code: 1, output: error.message }));
		child.on('close', (code) => resolve({ code: code ?? 1, output }));
	});
}
