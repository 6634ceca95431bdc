/** Installs missing system packages on Linux where it may; else says what to install. */

import { stamps } from './places.mjs';
import { findMissing, hasProgram } from './needs.mjs';
import { needsVenvModule } from './python.mjs';
import { outputOf, run, say, step } from './run.mjs';
import { readStamp, writeStamp } from './stamp.mjs';

/** Never throws: the app goes on with the next window toolkit or the browser. */
export async function setUpSystemPackages({ developing }) {
	if (process.platform !== 'linux') return;
	const missing = findMissing({ developing });
	if (needsVenvModule()) missing.push({ name: 'python3 -m venv', packages: ['python3-venv'] });
	await install(missing);
}

/** Installs what brings `missing` (`{name, packages}` each); tries the same only once. */
export async function install(missing) {
	if (missing.length === 0) return;
	const names = missing.map(({ name }) => name);
	const rights = wasTried(names) ? null : rightsToInstall();
	if (rights !== null) {
		writeStamp(stamps.system, { tried: names });
		if (await tryInstall(missing, rights)) return;
	}
	say(howToInstall(missing));
}

async function tryInstall(missing, rights) {
	const [command, ...before] = [...rights, 'apt-get'];
	const apt = (...args) =>
		run(command, [...before, '-o', 'Acquire::Retries=3', ...args], {
			env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
		});
	try {
		await step('Installing system packages', async () => {
			await apt('update', '-qq');
			const known = [...packagesFor(missing)].filter(isInstallable);
			await apt('install', '-y', '-qq', '--no-install-recommends', ...known);
		});
		return true;
	} catch (error) {
		say(`System packages could not be installed: ${error.message}`);
		return false;
	}
}

/** What stands before `apt-get`: nothing for root, sudo where it asks nothing; null: no right. */
function rightsToInstall() {
	if (!hasProgram('apt-get')) return null;
	if (process.getuid() === 0) return [];
	return outputOf('sudo', ['-n', 'true']) === null ? null : ['sudo', '-n', '-E'];
}

function isInstallable(packageName) {
	const policy = outputOf('apt-cache', ['policy', packageName]) ?? '';
	return /Candidate: (?!\(none\))/.test(policy);
}

function wasTried(names) {
	return JSON.stringify(readStamp(stamps.system).tried) === JSON.stringify(names);
}

/** The packages to install: of several names the first that this system knows. */
function packagesFor(missing) {
	return new Set(missing.map(({ packages }) => packages.find(isInstallable) ?? packages[0]));
}

function howToInstall(missing) {
	if (!hasProgram('apt-get')) {
		return `Missing on this system: ${missing.map(({ name }) => name).join(', ')}.`;
	}
	return `Missing on this system; install it with: sudo apt install ${[...packagesFor(missing)].join(' ')}`;
}
