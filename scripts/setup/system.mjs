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

/** Installs what brings `missing` (`{name, packages}` each), once: what failed is not retried. */
export async function install(missing) {
	if (missing.length === 0) return;
	const names = missing.map(({ name }) => name);
	if (!sameAsLastFailure(names) && (await tryInstall(missing))) return;
	writeStamp(stamps.system, { failed: names });
	say(howToInstall(missing));
}

async function tryInstall(missing) {
	const rights = rightsToInstall();
	if (rights === null) return false;
	const apt = (...args) =>
		run(rights[0] ?? 'apt-get', [...rights.slice(1), ...(rights[0] ? ['apt-get'] : []), ...args], {
			env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
		});
	try {
		await step(`Installing system packages`, async () => {
			await apt('update', '-qq');
			const packages = missing.map(({ packages }) => packages.find(isInstallable) ?? packages[0]);
			await apt('install', '-y', '-qq', '--no-install-recommends', ...new Set(packages));
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

function sameAsLastFailure(names) {
	return JSON.stringify(readStamp(stamps.system).failed) === JSON.stringify(names);
}

function howToInstall(missing) {
	if (!hasProgram('apt-get')) {
		return `Missing on this system: ${missing.map(({ name }) => name).join(', ')}.`;
	}
	const packages = missing.map(({ packages }) => packages.find(isInstallable) ?? packages[0]);
	return `Missing on this system; install it with: sudo apt install ${[...new Set(packages)].join(' ')}`;
}
