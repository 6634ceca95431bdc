import { formatBytes, formatCount } from '../format';

/** Every sentence of the Server page. */
export const serverPage = {
	title: 'Server',
	nav: 'Server',
	stateLabel: 'Server state',
	restart: 'Restart',
	startAgain: 'Start again',
	cancel: 'Cancel',
	stop: 'Stop',
	choose: 'Choose a model',
	more: 'More about the server',
	showTable: 'Show figures as a table',
	hideTable: 'Show figures as a graph',
	openLogs: 'Open the folder of the logs',
	doctor: 'Look everything over',
	empty: 'No server runs. It starts with the model that you load.',

	state: {
		stopped: 'Stopped',
		starting: 'Starting',
		restarting: 'Restarting',
		loading: 'Loading model',
		running: 'Running',
		stopping: 'Stopping',
		notLoaded: 'Not loaded'
	},
	step: {
		until: (time: string) => `until ${time}`,
		process: (time: string) => `process, ${time}`,
		layers: (onGpu: number, all: number) => `${formatCount(onGpu)} of ${formatCount(all)} layers`,
		/** The weights are what is meant where nothing is said. */
		stage: { weights: '', vision: 'vision', draft: 'draft model', preparing: 'preparing' },
		lasts: (time: string) => `for ${time}`,
		failedAfter: (time: string) => `failed after ${time}`,
		failedAt: (time: string) => `failed at ${time}`,
		notReached: 'not reached',
		noModel: 'no model loaded'
	},

	usage: {
		label: 'Usage of llama-server, every 2 seconds',
		gpu: 'GPU',
		vram: 'VRAM',
		cpu: 'CPU',
		ram: 'RAM',
		of: (total: string) => `of ${total}`,
		sharedWithRam: 'shared with the RAM',
		ofAllPrograms: (total: string) => `of ${total}, all programs`,
		gpus: (count: number) => `${formatCount(count)} GPUs`,
		threads: (count: number) => `${formatCount(count)} threads`,
		stalled: 'The sensors do not answer: a driver hangs. The figures are the last ones it told.',
		ago: '2 min ago',
		now: 'now',
		resource: 'Resource',
		current: 'Now',
		highest: 'Highest in 2 min',
		average: 'Average in 2 min',
		details: 'Details'
	},

	details: {
		allPrograms: (figure: string) => `all programs ${figure}`,
		cores: (figure: string) => `${figure} cores busy`,
		countedAs: (kind: string) => MEMORY_KINDS[kind] ?? kind,
		temperature: (celsius: number) => `${formatCount(celsius)}\u00a0°C`,
		clock: (megahertz: number) => `${formatCount(megahertz)}\u00a0MHz`,
		instance: 'part of a divided card, whose temperature, power and clocks are not told for a part',
		fan: (percent: number) => `fan ${formatCount(percent)}\u00a0%`,
		disk: (rate: string) => `reads ${rate}/s from disk`,
		power: (watts: number) => `${formatCount(watts)}\u00a0W`
	},

	facts: {
		label: 'The process',
		process: 'Process',
		address: 'Address',
		engine: 'Engine',
		model: 'Model',
		context: 'Context',
		gpuLayers: 'GPU layers',
		gpuWeights: 'Weights on the GPU',
		/** Of the weights. */
		share: (some: number, all: number) =>
			some === 0 ? 'none' : `${formatBytes(some)} of ${formatBytes(all)}`,
		threads: 'Threads',
		uptime: 'Uptime',
		gpu: 'GPU',
		countOf: (count: number, all: number) => `${formatCount(count)} of ${formatCount(all)}`,
		builtIn: (version: string) => `built in, ${version}`
	},

	slots: {
		title: 'Slots',
		shared: (count: number) => `${formatCount(count)}, one shared context`,
		own: (count: number) => formatCount(count),
		used: (used: number, all: number) => `${formatCount(used)} of ${formatCount(all)}`,
		idle: 'Idle',
		waiting: 'Waiting',
		unused: 'not used yet',
		since: (time: string, title: string) => `${time}, ${title}`
	},

	log: {
		title: 'Log',
		filter: 'Filter the log',
		filterShort: 'Filter',
		level: 'Level',
		all: 'All',
		warnings: 'Warnings',
		errors: 'Errors',
		count: (name: string, count: number) => `${name} ${formatCount(count)}`,
		follow: 'Go to the end',
		copyReport: 'Copy report',
		empty: 'llama-server has written nothing yet.',
		noMatch: 'No line matches.'
	}
};

const MEMORY_KINDS: Record<string, string> = {
	pss: 'shared pages divided (PSS)',
	uss: 'its own pages (USS)',
	rss: 'with shared pages (RSS)'
};
