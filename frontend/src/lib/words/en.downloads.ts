import { formatBytes, formatCount, NOT_AVAILABLE } from '../format';
import { plural } from './plural';

const SPACE = '\u00a0';

/** Every sentence about downloads. */
export const downloads = {
	title: 'Downloads',
	summary: (running: number, count: number, free: number | null) =>
		`${formatCount(running)} of ${formatCount(count)} running, ${free === null ? `free room ${NOT_AVAILABLE}` : `${formatBytes(free)} free`}`,
	folder: (path: string) => `New models go to ${path}`,
	speed: (bytes: number) => `${formatBytes(bytes)}/s`,
	left: (seconds: number) => `${formatTimeLeft(seconds)} left`,
	amount: formatAmount,
	kept: (done: number, size: number) => `${formatAmount(done, size)} kept`,
	queued: 'Queued',
	connecting: 'Connecting',
	checking: (share: string) => `Checking ${share}`,
	paused: 'Paused',
	finished: 'Downloaded',
	finishedChecked: 'Downloaded and checked',
	noRoom: (missing: number) => `Needs ${formatBytes(missing)} more`,
	pause: (name: string) => `Pause ${name}`,
	resume: 'Resume',
	resumeName: (name: string) => `Resume ${name}`,
	retry: 'Try again',
	retryName: (name: string) => `Try again to download ${name}`,
	cancel: (name: string) => `Cancel the download of ${name}`,
	takeAway: (name: string) => `Take ${name} off the list`,
	load: 'Load',
	loadName: (name: string) => `Load ${name}`,
	limit: 'Speed limit',
	noLimit: 'No speed limit',
	limitOf: (bytes: number) => `At most ${formatBytes(bytes)}/s`,
	cancelled: (name: string) => `Download of ${name} cancelled, its part deleted`
};

/** What can be deleted so that a download has room. */
export const room = {
	title: 'Make room',
	order: 'largest first',
	none: 'Nothing in your model folders on this disk can be deleted from here. Make room in another way; the download goes on when you resume it.',
	failed: (message: string) => `What could be deleted cannot be listed. ${message}`,
	delete: 'Delete…',
	deleteName: (name: string) => `Delete ${name}…`,
	cancel: 'Cancel download',
	cancelName: (name: string) => `Cancel the download of ${name} and delete its part`,
	part: 'What is here of a download',
	neverUsed: 'never used',
	lastUsed: (when: string) => `last used ${when}`,
	doesNotFit: 'Does not fit this computer'
};

/** Every sentence of the finder. */
export const finder = {
	title: 'Find on Hugging Face',
	search: 'Search Hugging Face',
	placeholder: 'Name of a model, or an address',
	scope: 'Which models',
	fitting: 'Fits this computer',
	everything: 'Everything',
	results: 'Models found',
	searching: 'Searching',
	start:
		'Names, publishers or sizes: “gemma 3”, “qwen 8b”, “ggml-org”. Nothing is asked before you search.',
	noResults: (query: string) => `Nothing on Hugging Face has GGUF files and matches “${query}”.`,
	noneFits: (count: number) =>
		`${plural(count, 'model', 'models')} found, but not even a small file of ${count === 1 ? 'it' : 'them'} would fit this computer.`,
	showAll: 'Show everything',
	downloadsCount: (count: number) => `${compact(count)} downloads`,
	parameters: (count: number) => `${compactParameters(count)}`,
	context: (size: string) => `${size} context`,
	licence: (name: string) => `licence ${name}`,
	vision: 'vision',
	text: 'text',
	gated: 'gated',
	openPage: 'Open its page on Hugging Face',
	choose: 'Choose a file',
	files: 'Files',
	parts: (count: number) => plural(count, 'part', 'parts'),
	incomplete: 'Parts are missing',
	noFiles: 'There is no model file in this repository.',
	visionPart: (size: string) => `Vision part, ${size}`,
	free: (bytes: number | null) =>
		bytes === null ? `Free room ${NOT_AVAILABLE}` : `${formatBytes(bytes)} free`,
	tooLarge: (bytes: number) => `Needs ${formatBytes(bytes)} more room`,
	download: (size: string) => `Download ${size}`,
	downloadAddress: 'Download this file',
	addressTitle: 'A file from an address',
	addressHint:
		'One GGUF file over https. Files that are not on Hugging Face have no published hash to check them by.',
	started: (name: string) => `Downloading ${name}`,
	back: 'Back to the list',
	retry: 'Try again',
	offline: 'Offline',
	noAnswer: 'No list from Hugging Face',
	notKnown: 'Fit not known',
	withContext: (size: string) => `with ${size} context`,
	fitsGpu: 'Fits on GPU',
	fitsRam: 'Fits in RAM',
	partly: 'Partly on GPU',
	tooLargeToLoad: 'Won’t fit',
	ofFree: formatAmount,
	suggested: 'suggested',
	remarks: {
		tight: 'tight',
		slow: 'slow',
		very_slow: 'very slow',
		worse: 'noticeably worse'
	},
	hiddenFiles: (count: number) =>
		`${plural(count, 'larger file', 'larger files')} would not fit this computer.`,
	token: 'Access token',
	tokenTitle: 'Access to gated models',
	tokenHint:
		'For models that ask for an agreement. You make one in the settings of your Hugging Face account; reading is enough.',
	tokenKeychain: 'It is kept in the system’s keychain.',
	tokenFile:
		'This system offers no keychain: it is kept in a file of the data folder that only you can read.',
	tokenEnvironment: 'The one from HF_TOKEN is used.',
	tokenWillKeychain: 'It will be kept in the system’s keychain.',
	tokenWillFile:
		'This system offers no keychain: it will be kept in a file of the data folder that only you can read.',
	saveToken: 'Save token',
	deleteToken: 'Delete token',
	tokenSaved: 'Access token saved',
	tokenDeleted: 'Access token deleted',
	mirror: (address: string) => `Asking ${address}`
};

/** `412k`, `1.2 M` */
function compact(count: number): string {
	if (count < 1000) {
		return formatCount(count);
	}
	if (count < 999_500) {
		return `${formatCount(Math.round(count / 1000))}k`;
	}
	return `${(count / 1_000_000).toFixed(1)}${SPACE}M`;
}

/** `12.2 B`, `270 M` */
function compactParameters(count: number): string {
	return count < 999_500_000
		? `${formatCount(Math.round(count / 1_000_000))}${SPACE}M`
		: `${(count / 1_000_000_000).toFixed(1)}${SPACE}B`;
}

/** Coarser the longer it takes, since nobody knows better: `47 s`, `3 min`, `2 h 10 min`. */
function formatTimeLeft(seconds: number): string {
	if (seconds < 60) {
		return `${Math.max(1, Math.round(seconds))}${SPACE}s`;
	}
	const minutes = Math.round(seconds / 60);
	if (minutes < 60) {
		return `${minutes}${SPACE}min`;
	}
	return `${formatCount(Math.floor(minutes / 60))}${SPACE}h ${minutes % 60}${SPACE}min`;
}

/** The unit once, where it is the same: `2.3 of 4.1 GB`. */
function formatAmount(done: number, size: number): string {
	const whole = formatBytes(size);
	const [figure, unit] = formatBytes(done).split(SPACE);
	return whole.endsWith(`${SPACE}${unit ?? ''}`)
		? `${figure ?? ''} of ${whole}`
		: `${formatBytes(done)} of ${whole}`;
}
