import { formatBytes } from '../format';
import { plural } from './plural';

/** Every sentence of the first page, and of models that are dropped on the window. */
export const firstRun = {
	title: 'Bring a model',
	lede: 'Llama Desktop runs language models on this computer. Nothing you write leaves it.',
	choose: 'Choose where your first model comes from.',
	suggested: 'Suggested for this computer',
	downloadModel: (name: string) => `Download ${name}`,
	download: (size: string) => `Download ${size}`,
	licence: (name: string) => `Licence: ${name}.`,
	fitsGpu: 'Should fit on GPU',
	fitsRam: 'Should fit in RAM',
	memory: (needed: number, available: number) =>
		`about ${formatBytes(needed)} of ${formatBytes(available)} free`,
	or: 'Or',
	other: (name: string, size: number, short: string) => `${name}, ${formatBytes(size)}, ${short}`,
	search: 'Search Hugging Face',
	nothingFits: 'No model of our short list fits the free memory of this computer.',
	nothingFitsHint: 'Close other programs and open this page again, or look for a smaller model.',
	under: 'Your download',
	load: (name: string) => `Load ${name} and begin`,
	files: 'Use files I have',
	filesHint: 'Point to a folder of GGUF files. They stay where they are.',
	drop: 'Drop files or a folder here',
	chooseFolder: 'Choose folder',
	found: (count: number) => `${plural(count, 'model', 'models')} found`,
	noneFound: 'No GGUF files are in there. The folder is searched from now on.',
	caches: 'Take over from other programs',
	cachesFound: (count: number, size: string) =>
		`Found ${plural(count, 'model', 'models')}, ${size}. They are linked, not copied.`,
	cacheName: {
		ollama: 'Ollama',
		lm_studio: 'LM Studio',
		hugging_face: 'Hugging Face cache'
	},
	cacheSize: (count: number, size: string) => `${plural(count, 'model', 'models')}, ${size}`,
	linkModels: (count: number) => `Link ${plural(count, 'model', 'models')}`,
	engineReady: (version: string, isEmbedded: boolean) =>
		`Engine ready: ${version}${isEmbedded ? ', included' : ''}`,
	engineMissing: 'No engine can be used',
	ram: (size: string) => `${size} RAM`,
	disk: (size: string) => `${size} free on disk`,
	gpu: (name: string, size: string) => `${name}, ${size}`,
	idleGpu: (name: string) => `${name} is not used by this engine`,
	notNow: 'Not now',
	failed: 'This did not work'
};

/** Every sentence about model files and folders that are dropped on the window. */
export const dropped = {
	title: (name: string) => `${name} is in the library`,
	text: (folder: string) => `Its folder ${folder} is searched for models from now on.`,
	folderTitle: (path: string) => `${path.split(/[\\/]/).at(-1) ?? path} is in the library`,
	folderText: (count: number) =>
		count === 0
			? 'No GGUF files are in there. The folder is searched from now on.'
			: `${plural(count, 'model', 'models')} found. The folder is searched from now on.`,
	show: 'Show models',
	load: (name: string) => `Load ${name}`,
	later: 'Not now',
	noPathTitle: 'Add a model that you dropped',
	noPath: (name: string) =>
		`A browser tab is not told where ${name} lies on this computer. Type the path of the file or of its folder.`,
	path: 'Path of the file or its folder',
	add: 'Add',
	problem: (name: string, problem: string) => `${name}: ${problem}`
};
