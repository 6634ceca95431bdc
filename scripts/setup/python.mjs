/** The virtual environment in `.venv` and what is installed there. */

import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import { root, stamps, venv, venvPython } from './places.mjs';
import { SetupError, outputOf, run, step } from './run.mjs';
import { fingerprint, readStamp, writeStamp } from './stamp.mjs';

const oldest = [3, 11];
const runtimeLock = join(root, 'requirements.txt');
const developmentLock = join(root, 'requirements-dev.txt');

/** The names a Python may go by, the plain ones first. */
const candidates = [
	['python3'],
	['python'],
	['py', '-3'],
	['python3.14'],
	['python3.13'],
	['python3.12'],
	['python3.11']
];

const report = `
import importlib.util as u, json, sys
print(json.dumps({"path": sys.executable, "version": list(sys.version_info[:3]),
  "venv": bool(u.find_spec("venv") and u.find_spec("ensurepip"))}))`;

/** Every Python here that is new enough, as `{path, version, venv}`; `venv`: it can make one. */
export function findPythons() {
	return candidates
		.map(([command, ...args]) => outputOf(command, [...args, '-c', report]))
		.filter((text) => text !== null)
		.map((text) => JSON.parse(text))
		.filter(({ version }) => version[0] === oldest[0] && version[1] >= oldest[1]);
}

/** Whether a virtual environment has to be made, and Python on this machine cannot make one. */
export function needsVenvModule() {
	return !existsSync(venvPython) && !findPythons().some((python) => python.venv);
}

export async function setUpPython({ developing }) {
	if (!existsSync(venvPython)) {
		const python = requirePython();
		await step(`Making a virtual environment with Python ${python.version.join('.')}`, async () => {
			rmSync(venv, { recursive: true, force: true });
			await run(python.path, ['-m', 'venv', venv]);
		});
	}
	const wanted = developing
		? { runtime: fingerprint(runtimeLock), development: fingerprint(developmentLock) }
		: { runtime: fingerprint(runtimeLock) };
	const done = readStamp(stamps.python);
	if (Object.entries(wanted).every(([name, value]) => done[name] === value)) return;

	await step('Installing Python packages', async () => {
		const lock = developing ? developmentLock : runtimeLock;
		const quiet = process.stderr.isTTY ? [] : ['--quiet'];
		await run(venvPython, [
			...['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', ...quiet],
			...['--require-hashes', '-r', lock]
		]);
	});
	await linkSources();
	writeStamp(stamps.python, { ...done, ...wanted });
}

/**
 * Makes `import llama_desktop` work. A path file does what an editable install does, and needs
 * neither setuptools nor the network; being relative it survives that the folder is moved.
 */
async function linkSources() {
	const packages = outputOf(venvPython, [
		'-c',
		'import sysconfig; print(sysconfig.get_path("purelib"))'
	])?.trim();
	if (!packages) throw new SetupError('The virtual environment in .venv does not answer.');
	mkdirSync(packages, { recursive: true });
	writeFileSync(
		join(packages, 'llama_desktop.pth'),
		`${relative(packages, join(root, 'backend'))}\n`
	);
}

function requirePython() {
	const pythons = findPythons();
	const python = pythons.find((candidate) => candidate.venv);
	if (python) return python;
	if (pythons.length > 0) {
		throw new SetupError(
			`${pythons[0].path} cannot make a virtual environment. ` +
				'Install its venv module (Debian and Ubuntu: apt install python3-venv) and start again.'
		);
	}
	throw new SetupError(
		`Python ${oldest.join('.')} or newer was not found. ` +
			'Install it from https://www.python.org/downloads/ and start again.'
	);
}
