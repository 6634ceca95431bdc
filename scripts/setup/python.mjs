/** The virtual environment in `.venv` and what is installed there. */

import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import { root, stamps, venv, venvPython } from './places.mjs';
import { SetupError, outputOf, run, step } from './run.mjs';
import { fingerprint, readStamp, writeStamp } from './stamp.mjs';

const oldest = [3, 11];
const runtimeLock = join(root, 'requirements.txt');
const developmentLock = join(root, 'requirements-dev.txt');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

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
	const wanted = { version, runtime: fingerprint(runtimeLock) };
	if (developing) wanted.development = fingerprint(developmentLock);
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
	linkSources();
	writeStamp(stamps.python, { ...done, ...wanted });
}

/**
 * Makes `import llama_desktop` and its version known: what an editable install writes, without its
 * need for setuptools and the network. The path is relative, so the folder may be moved.
 */
function linkSources() {
	const packages = outputOf(venvPython, [
		'-c',
		'import sysconfig; print(sysconfig.get_path("purelib"))'
	])?.trim();
	if (!packages) throw new SetupError('The virtual environment in .venv does not answer.');
	const isOurs = (name) => /^(__editable__\.)?llama_desktop-.*/.test(name);
	for (const name of readdirSync(packages).filter(isOurs)) {
		rmSync(join(packages, name), { recursive: true });
	}
	const backend = relative(packages, join(root, 'backend'));
	writeFileSync(join(packages, 'llama_desktop.pth'), `${backend}\n`);
	const metadata = join(packages, `llama_desktop-${version}.dist-info`);
	mkdirSync(metadata);
	writeFileSync(
		join(metadata, 'METADATA'),
		`Metadata-Version: 2.1\nName: llama-desktop\nVersion: ${version}\n`
	);
	writeFileSync(join(metadata, 'INSTALLER'), 'npm start\n');
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
