/** What the app and its tests need from a Linux system, and which package brings it. */

import { venvPython } from './places.mjs';
import { outputOf } from './run.mjs';

/**
 * Shared libraries that Qt WebEngine links, by file name, with their Debian and Ubuntu packages.
 * The first name that a system knows is taken: Ubuntu 24.04 renamed several to `…t64`.
 */
const windowLibraries = {
	'libEGL.so.1': ['libegl1'],
	'libGL.so.1': ['libgl1'],
	'libX11-xcb.so.1': ['libx11-xcb1'],
	'libXcomposite.so.1': ['libxcomposite1'],
	'libXdamage.so.1': ['libxdamage1'],
	'libXrandr.so.2': ['libxrandr2'],
	'libXtst.so.6': ['libxtst6'],
	'libasound.so.2': ['libasound2t64', 'libasound2'],
	'libdbus-1.so.3': ['libdbus-1-3'],
	'libdrm.so.2': ['libdrm2'],
	'libfontconfig.so.1': ['libfontconfig1'],
	'libgbm.so.1': ['libgbm1'],
	'libglib-2.0.so.0': ['libglib2.0-0t64', 'libglib2.0-0'],
	'libgssapi_krb5.so.2': ['libgssapi-krb5-2'],
	'libnspr4.so': ['libnspr4'],
	'libnss3.so': ['libnss3'],
	'libwayland-client.so.0': ['libwayland-client0'],
	'libwayland-cursor.so.0': ['libwayland-cursor0'],
	'libxcb-cursor.so.0': ['libxcb-cursor0'],
	'libxcb-dri3.so.0': ['libxcb-dri3-0'],
	'libxcb-icccm.so.4': ['libxcb-icccm4'],
	'libxcb-image.so.0': ['libxcb-image0'],
	'libxcb-keysyms.so.1': ['libxcb-keysyms1'],
	'libxcb-randr.so.0': ['libxcb-randr0'],
	'libxcb-render-util.so.0': ['libxcb-render-util0'],
	'libxcb-shape.so.0': ['libxcb-shape0'],
	'libxcb-sync.so.1': ['libxcb-sync1'],
	'libxcb-xkb.so.1': ['libxcb-xkb1'],
	'libxkbcommon-x11.so.0': ['libxkbcommon-x11-0'],
	'libxkbcommon.so.0': ['libxkbcommon0'],
	'libxkbfile.so.1': ['libxkbfile1']
};

/** Programs that the tests drive a window and a browser with, and that packaging uses. */
const developmentPrograms = {
	chromium: ['chromium', 'chromium-browser'],
	Xvfb: ['xvfb'],
	openbox: ['openbox'],
	xdotool: ['xdotool'],
	xclip: ['xclip'],
	objdump: ['binutils']
};

/** Browsers that are as good as Debian's for the tests. */
const standIns = { chromium: ['chromium-browser', 'google-chrome'] };

const machines = { x64: 'x86-64', arm64: 'AArch64' };

/** Missing things as `{name, packages}`, or an empty list where it cannot be told. */
export function findMissing({ developing }) {
	const known = outputOf('/sbin/ldconfig', ['-p']) ?? outputOf('ldconfig', ['-p']);
	if (known === null) return [];
	const libraries = librariesIn(known);
	const missing = missingOf(windowLibraries, (name) => libraries.has(name));
	if (developing) missing.push(...missingOf(developmentPrograms, hasProgram));
	return missing;
}

/** The shared library of the Python in `.venv`, which PyInstaller packs, if it is missing. */
export function findMissingPythonLibrary() {
	const found = outputOf(venvPython, [
		'-c',
		'import sys, PyInstaller.depend.bindepend as b; ' +
			'print(bool(b.get_python_library_path()), "%d.%d" % sys.version_info[:2])'
	]);
	const [present, version] = (found ?? '').trim().split(' ');
	if (present === 'True' || version === undefined) return [];
	return [{ name: `libpython${version}.so.1.0`, packages: [`libpython${version}`] }];
}

export function hasProgram(name) {
	return [name, ...(standIns[name] ?? [])].some(
		(program) => outputOf('/bin/sh', ['-c', 'command -v "$0"', program]) !== null
	);
}

function missingOf(table, isThere) {
	return Object.entries(table)
		.filter(([name]) => !isThere(name))
		.map(([name, packages]) => ({ name, packages }));
}

/** The file names that `ldconfig -p` lists for this processor. */
function librariesIn(listing) {
	const machine = machines[process.arch] ?? '';
	return new Set(
		listing
			.split('\n')
			.filter((line) => line.includes(machine))
			.map((line) => line.trim().split(' ')[0])
	);
}
