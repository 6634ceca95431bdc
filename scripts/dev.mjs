/**
 * `npm run dev`: the app with Vite's hot reload. The window opens on the Vite page, which asks the
 * app's core through Vite's proxy. Arguments go to the app: `npm run dev -- --tab`.
 */

import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { root, venvPython } from './setup/places.mjs';
import { binOf, exitCode, main } from './setup/run.mjs';
import { setUp } from './setup.mjs';

await main(async () => {
	await setUp({ developing: true });
	const [corePort, pagePort] = await freePorts(2);
	const vite = spawn(
		process.execPath,
		[
			...[binOf('vite'), '--config', join(root, 'frontend', 'vite.config.ts')],
			...['--port', pagePort, '--strictPort', '--clearScreen', 'false']
		],
		{
			cwd: root,
			env: { ...process.env, LLAMA_DESKTOP_CORE: `http://127.0.0.1:${corePort}` },
			stdio: ['ignore', 2, 2]
		}
	);
	try {
		await answers(pagePort, vite);
		return await exitCode(venvPython, [
			...['-m', 'llama_desktop', '--port', corePort],
			...['--page-url', `http://127.0.0.1:${pagePort}`, ...process.argv.slice(2)]
		]);
	} finally {
		vite.kill();
	}
});

/** Ports that are free now, as texts; held together, so that they differ. */
async function freePorts(count) {
	const servers = Array.from({ length: count }, () => createServer());
	await Promise.all(
		servers.map((server) => new Promise((done) => server.listen(0, '127.0.0.1', done)))
	);
	const ports = servers.map((server) => String(server.address().port));
	await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
	return ports;
}

/** Until Vite answers; it prints its address, but only for people. */
async function answers(port, vite) {
	while (vite.exitCode === null) {
		try {
			await fetch(`http://127.0.0.1:${port}/`);
			return;
		} catch {
			await new Promise((done) => setTimeout(done, 50));
		}
	}
	throw new Error('Vite did not start.');
}
