import type { DoctorGroup, Finding, Ownership } from '../backend/protocol';

const groups: Record<DoctorGroup, string> = {
	engines: 'Engines',
	gpus: 'GPUs',
	processes: 'Running engines',
	data: 'Data',
	window: 'Window'
};

const findings: Record<Finding, string> = {
	ok: 'In order',
	warn: 'Worth a look',
	fail: 'Not in order'
};

const owners: Record<Ownership, string> = {
	ours: 'this app',
	orphan: 'left behind by this app',
	other: 'another program'
};

/** The look over the whole installation. */
export const doctor = {
	title: 'Doctor',
	looking: 'Looking everything over',
	failed: (message: string) => `It could not be looked over. ${message}`,
	again: 'Look again',
	copy: 'Copy report',
	copied: 'Report copied',
	copyFailed: 'The report could not be copied.',
	groups,
	findings,
	owners,
	servers: 'All llama-servers on this computer',
	columns: { pid: 'Process', owner: 'Whose', user: 'User', port: 'Port', memory: 'Memory' },
	end: (pid: number) => `End ${pid}…`,
	endSure: (pid: number) => `End process ${pid} now`,
	keep: 'Leave it',
	ended: 'Process ended',
	endFailed: (message: string) => `The process was not ended. ${message}`
};
