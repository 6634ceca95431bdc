/** Runs programs without a shell, and says what is going on. All of it goes to stderr. */

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { root } from './places.mjs';

/** A failure whose message is all that a person needs; shown without a stack. */
export class SetupError extends Error {}

const stderr = 2;

export function say(text) {
	process.stderr.write(`${text}\n`);
}

/** Says what begins, does it, and says how long it took. */
export async function step(title, work) {
	const begin = performance.now();
	say(`${title} …`);
	const value = await work();
	say(`${title}: done in ${((performance.now() - begin) / 1000).toFixed(1)} s`);
	return value;
}

/** Runs a program to its end, its output on our stderr; throws when it fails. */
export async function run(command, args, { env = process.env, cwd = root } = {}) {
	const code = await exitCode(command, args, { env, cwd, stdio: ['ignore', stderr, stderr] });
	if (code !== 0) {
		throw new SetupError(`${[command, ...args].join(' ')}\nended with code ${code}.`);
	}
}

/** Runs a program with our own input and output, and returns its exit code. */
export function exitCode(command, args, options = {}) {
	return new Promise((resolve, reject) => {
		const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
		const release = passSignals(child);
		child.on('error', (error) => {
			release();
			reject(new SetupError(`${command} cannot be started: ${error.message}`));
		});
		child.on('exit', (code, signal) => {
			release();
			resolve(code ?? 128 + (signalNumbers[signal] ?? 0));
		});
	});
}

/** What a program prints, or null when it fails or does not exist. */
export function outputOf(command, args) {
	const { status, stdout } = spawnSync(command, args, {
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'ignore'],
		windowsHide: true
	});
	return status === 0 ? stdout : null;
}

/** The JavaScript file behind a package's command, so that it runs without a shell anywhere. */
export function binOf(packageName, binName = packageName) {
	const folder = join(root, 'node_modules', packageName);
	const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
	return join(folder, typeof bin === 'string' ? bin : bin[binName]);
}

/** npm as `[program, ...arguments]`; `npm.cmd` would need a shell on Windows. */
export function npmCommand() {
	const beside = dirname(process.execPath);
	const candidates = [
		process.env['npm_execpath'],
		join(beside, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
		join(beside, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js')
	];
	const cli = candidates.find((path) => path?.endsWith('npm-cli.js') && existsSync(path));
	return cli ? [process.execPath, cli] : ['npm'];
}

/** Runs a script's body; turns failures into an exit code and a readable message. */
export async function main(body) {
	try {
		process.exitCode = (await body()) ?? 0;
	} catch (error) {
		say(error instanceof SetupError ? error.message : (error.stack ?? String(error)));
		process.exitCode = 1;
	}
}

const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 };

/** Hands signals on to a child and outlives it, so that it can end in good order. */
function passSignals(child) {
	const handlers = ['SIGTERM', 'SIGHUP', 'SIGINT'].map((signal) => {
		// A terminal sends Ctrl-C to the child itself; a second one would mean "at once".
		const heard = signal === 'SIGINT' && process.stdin.isTTY;
		return [signal, () => heard || child.kill(signal)];
	});
	for (const [signal, handler] of handlers) process.on(signal, handler);
	const release = watchNpm(() => child.kill('SIGTERM'));
	return () => {
		release();
		for (const [signal, handler] of handlers) process.off(signal, handler);
	};
}

/**
 * Calls `ended` once when the npm that runs us is gone. npm hands a signal to the shell between us
 * and itself, and that one dies of it without a word; nobody tells us, so we have to look.
 */
function watchNpm(ended) {
	if (process.env['npm_lifecycle_event'] === undefined) return () => {};
	const shell = process.ppid;
	const npm = Number.parseInt(outputOf('ps', ['-o', 'ppid=', '-p', String(shell)]) ?? '', 10);
	const parents = [shell, npm].filter((pid) => pid > 1);
	const timer = setInterval(() => {
		if (process.ppid === shell && parents.every(isAlive)) return;
		clearInterval(timer);
		ended();
	}, 500);
	return () => clearInterval(timer);
}

/** Whether a process with this number is there. */
export function isAlive(pid) {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return error.code === 'EPERM';
	}
}
