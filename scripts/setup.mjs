/** Sets up whatever is missing, and nothing that is there. Says what it does on stderr. */

import { buildPage, setUpNodePackages } from './setup/node.mjs';
import { setUpPython } from './setup/python.mjs';
import { SetupError } from './setup/run.mjs';
import { setUpSystemPackages } from './setup/system.mjs';
import { inTurn } from './setup/turn.mjs';

const oldestNode = 20;

/**
 * @param {object} [what]
 * @param {boolean} [what.developing] also what tests, checks and packaging need
 * @param {boolean} [what.page] whether the built page is needed
 */
export async function setUp({ developing = false, page = true } = {}) {
	if (Number.parseInt(process.versions.node, 10) < oldestNode) {
		throw new SetupError(
			`Node.js ${oldestNode} or newer is needed; this is ${process.versions.node}. ` +
				'Install it from https://nodejs.org/ and start again.'
		);
	}
	await inTurn(async () => {
		await setUpSystemPackages({ developing });
		const [python, pageFiles] = await Promise.allSettled([
			setUpPython({ developing }),
			setUpNodePackages().then(() => (page ? buildPage() : undefined))
		]);
		for (const { reason } of [python, pageFiles]) if (reason) throw reason;
	});
}
