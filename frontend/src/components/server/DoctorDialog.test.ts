import { screen, within } from '@testing-library/svelte';
import { describe, expect, test } from 'vitest';

import { FakeBackend } from '../../lib/backend/fake';
import type { DoctorReport, ServerOnMachine } from '../../lib/backend/protocol';
import { renderWithStores } from '../../testing/renderWithStores';
import DoctorDialog from './DoctorDialog.svelte';
import { describeReport } from './doctorReport';

const ORPHAN: ServerOnMachine = {
	pid: 7,
	started: 100.5,
	ownership: 'orphan',
	user: 'ana',
	port: 8080,
	memory_bytes: 5_000_000_000,
	program: 'llama-server'
};
const OTHER: ServerOnMachine = { ...ORPHAN, pid: 9, ownership: 'other', user: null, port: null };
const REPORT: DoctorReport = {
	time: 1,
	version: '0.1.0',
	system: 'Linux',
	lines: [
		{
			group: 'engines',
			finding: 'ok',
			title: 'Built-in engine',
			detail: 'It is used.',
			cure: null
		},
		{
			group: 'processes',
			finding: 'warn',
			title: 'Process 7',
			detail: 'It still runs.',
			cure: 'End it.'
		},
		{ group: 'data', finding: 'fail', title: 'Disk', detail: 'Full.', cure: 'Make room.' }
	],
	servers: [ORPHAN, OTHER]
};

function open(report: DoctorReport = REPORT) {
	const backend = new FakeBackend()
		.answer('run_doctor', () => report)
		.answer('end_orphan', () => null);
	return renderWithStores(DoctorDialog, { backend, props: { onclose: () => {} } });
}

describe('the doctor', () => {
	test('says of each thing how it was found, in words as well, and what mends it', async () => {
		open();
		const data = await screen.findByRole('list', { name: 'Data' });
		expect(within(data).getByRole('listitem')).toHaveTextContent(
			'Not in order: Disk Full. Make room.'
		);
		expect(screen.getByRole('list', { name: 'Engines' })).toHaveTextContent('In order:');
	});

	test('ends only a leftover of this app, after a question, and looks again', async () => {
		const { backend, user } = open();
		await user.click(await screen.findByRole('button', { name: 'End 7…' }));
		expect(screen.queryByRole('button', { name: /9/ })).toBeNull();
		expect(backend.callsOf('end_orphan')).toEqual([]);
		await user.click(screen.getByRole('button', { name: 'End process 7 now' }));
		expect(backend.callsOf('end_orphan')).toEqual([{ pid: 7, started: 100.5 }]);
		await expect.poll(() => backend.callsOf('run_doctor').length).toBe(2);
	});

	test('is left alone by whoever thinks better of it', async () => {
		const { backend, user } = open();
		await user.click(await screen.findByRole('button', { name: 'End 7…' }));
		await user.click(screen.getByRole('button', { name: 'Leave it' }));
		expect(backend.callsOf('end_orphan')).toEqual([]);
	});

	test('can be told to somebody else', () => {
		expect(describeReport(REPORT)).toContain('FAIL  Disk: Full.\n      -> Make room.');
	});
});
