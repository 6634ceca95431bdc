import type { LoadStage } from '../backend/protocol';
import { formatCount, formatShare } from '../format';

function plural(count: number, one: string, many: string): string {
	return `${formatCount(count)} ${count === 1 ? one : many}`;
}

const LOADING: Record<LoadStage, string> = {
	weights: 'Loading',
	vision: 'Loading vision',
	draft: 'Loading draft model',
	preparing: 'Preparing'
};

/** Every sentence of the shell: window, sidebar, models, dialogs, notices. */
export const shell = {
	appName: 'Llama Desktop',

	errors: {
		unreachable: 'The app does not answer. It may have been closed.',
		aborted: 'The question was taken back.',
		badAnswer: (status: number) => `The app gave an answer that cannot be read (HTTP ${status}).`
	},

	connection: {
		lost: 'The app does not answer.',
		lostHint: 'It is tried again by itself. What was written is saved.',
		refused: 'This page belongs to an earlier start of the app.',
		refusedHint: 'Open Llama Desktop again to go on. Nothing is lost.'
	},

	common: {
		cancel: 'Cancel',
		close: 'Close',
		dismiss: 'Dismiss',
		undo: 'Undo',
		tryAgain: 'Try again',
		notAvailable: 'not available',
		more: 'More',
		working: 'Working'
	},

	sidebar: {
		label: 'Chats and pages',
		chats: 'Chats',
		newChat: 'New chat',
		hide: 'Hide sidebar',
		show: 'Show sidebar',
		resize: 'Width of the sidebar',
		search: 'Search',
		models: 'Models',
		server: 'Server',
		settings: 'Settings',
		noRoom: 'A download needs more room',
		empty: 'Your chats appear here.'
	},

	conversations: {
		today: 'Today',
		yesterday: 'Yesterday',
		previousWeek: 'Previous 7 days',
		month: (year: number, month: number, now: Date) => {
			const name = new Date(year, month, 1).toLocaleDateString('en', { month: 'long' });
			return year === now.getFullYear() ? name : `${name} ${year}`;
		},
		untitled: 'New chat',
		menu: (title: string) => `Actions for ${title}`,
		rename: 'Rename',
		renameLabel: 'Name of the chat',
		delete: 'Delete',
		deleted: 'Chat deleted',
		answering: 'Answering',
		failed: (message: string) => `The chat could not be changed. ${message}`
	},

	engine: {
		open: 'Open Server',
		stopped: 'Stopped',
		starting: 'Starting',
		loading: 'Loading model',
		preparing: 'Preparing',
		ready: 'Ready',
		reading: 'Reading',
		generating: 'Generating',
		stopping: 'Ejecting',
		notLoaded: 'Not loaded',
		noModel: 'No model loaded',
		cpu: (value: string) => `CPU ${value}`,
		gpu: (value: string) => `GPU ${value}`,
		ram: (value: string) => `RAM ${value}`,
		vram: (value: string) => `VRAM ${value}`,
		restarting: 'Restarting',
		loadingShare: (share: string) => `loading model, ${share}`,
		seemsStuck: (seconds: number) => `No sign of life for ${formatCount(seconds)} s`
	},

	modelSelector: {
		choose: 'Choose a model',
		label: 'Model:',
		listLabel: 'Models',
		filter: 'Filter models',
		noMatch: 'No model has this name.',
		noModels: 'No models yet. Add a folder on the Models page.',
		manage: 'Manage models',
		eject: 'Eject',
		cancel: (name: string) => `Cancel loading ${name}`,
		state: {
			stopped: 'not loaded',
			starting: 'loading',
			running: 'ready',
			stopping: 'ejecting',
			failed: 'could not be loaded',
			crashed: 'stopped',
			working: 'working'
		}
	},

	models: {
		title: 'Models',
		summary: (count: number, size: string) => `${plural(count, 'model', 'models')}, ${size}`,
		filter: 'Filter',
		noMatch: (filter: string) => `No model matches “${filter}”.`,
		addFolder: 'Add folder',
		find: 'Find on Hugging Face',
		findBrief: 'Find',
		addFolderTitle: 'Add a folder of models',
		folderPath: 'Path of the folder',
		folderPathHint: 'All GGUF files in it and in its subfolders are listed.',
		folderNeeded: 'Give the path of a folder.',
		folders: 'Folders',
		foldersCount: (count: number) => plural(count, 'model', 'models'),
		removeFolder: (path: string) => `Remove ${path} from the list`,
		folderRemoved: 'Folder removed from the list',
		rescan: 'Look for new files',
		scanning: 'Looking for models',
		library: 'Library',
		name: 'Name',
		quant: 'Quant',
		size: 'Size',
		parts: (count: number) => plural(count, 'part', 'parts'),
		vision: 'Vision',
		loaded: 'Loaded',
		load: 'Load',
		loadModel: (name: string) => `Load ${name}`,
		loadOptions: (name: string) => `Load options for ${name}`,
		eject: 'Eject',
		ejectModel: (name: string) => `Eject ${name}`,
		ejecting: 'Ejecting',
		/** What it does, and how far it is with that; `null`: the engine does not tell. */
		loading: (stage: LoadStage | null, share: number | null) =>
			[LOADING[stage ?? 'weights'], share === null ? '' : formatShare(share)].join(' ').trim(),
		cancelLoading: (name: string) => `Cancel loading ${name}`,
		emptyTitle: 'No models yet',
		emptyHint: 'Point the app at a folder with GGUF files. They stay where they are.',
		emptyFolders: 'No GGUF files were found in these folders.',
		couldNotLoad: (name: string) => `${name} could not be loaded`,
		hasStopped: (name: string) => `${name} has stopped`,
		whatHappened: 'What happened',
		loadAgain: 'Load again',
		chooseAnother: 'Choose another model'
	},

	loadOptions: {
		title: (name: string) => `Load ${name}`,
		contextSize: 'Context size',
		contextAuto: 'The model’s own, fitted to memory',
		contextTokens: 'tokens',
		contextInvalid: 'Use a whole number from 256 to 1,048,576.',
		gpuLayers: 'GPU layers',
		gpuLayersAuto: 'As many as fit',
		gpuLayersInvalid: 'Use a whole number from 0 to 999.',
		cacheType: 'KV cache type',
		flashAttention: 'Flash attention',
		parallel: 'Parallel slots',
		parallelHint: 'Answers at the same time',
		auto: 'Auto',
		custom: 'Custom',
		on: 'On',
		off: 'Off',
		fewer: 'Fewer',
		more: 'More',
		load: 'Load'
	},

	crash: {
		title: 'What happened',
		log: 'Log of llama-server',
		noLog: 'llama-server wrote nothing.',
		copied: 'Report copied',
		copyFailed: 'The report could not be copied.'
	},

	notices: {
		label: 'Notices'
	},

	toasts: {
		label: 'Messages'
	},

	edit: {
		label: 'Text actions',
		cut: 'Cut',
		copy: 'Copy',
		paste: 'Paste',
		selectAll: 'Select all',
		pasteByKey: (keys: string) => `Press ${keys} to paste.`
	},

	links: {
		refused: (message: string) => `The link was not opened. ${message}`
	},

	shortcuts: {
		title: 'Keyboard shortcuts',
		groups: { everywhere: 'Everywhere', list: 'In the list of chats', chat: 'In a chat' },
		palette: 'Command palette',
		newChat: 'New chat',
		toggleSidebar: 'Show or hide the sidebar',
		openChat: 'Chat',
		openModels: 'Models',
		openSearch: 'Search all chats',
		openServer: 'Server',
		openSettings: 'Settings',
		previousChat: 'Previous chat',
		nextChat: 'Next chat',
		rename: 'Rename the chat',
		delete: 'Delete the chat',
		switchModel: 'Switch model',
		copyAnswer: 'Copy the last answer',
		answerAgain: 'Answer again',
		previousTurn: 'Previous turn',
		nextTurn: 'Next turn',
		previousVersion: 'Previous version',
		nextVersion: 'Next version',
		find: 'Find in this chat',
		findNext: 'Next place',
		findPrevious: 'Previous place',
		focusNext: 'Go to the next part of the window',
		send: 'Send the message',
		newLine: 'New line',
		editLast: 'Edit the last question, in an empty message',
		pasteAsFile: 'Paste as a file',
		toggleMemory: 'Memory on or off in this chat',
		stop: 'Stop the answer; close; leave editing',
		showAll: 'All shortcuts'
	}
};
