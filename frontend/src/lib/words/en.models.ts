import type { MemoryEstimate } from '../backend/protocol';
import { formatContextSize, formatCount, formatGibibytes } from '../format';

/** A figure of memory; what would round to nothing is said to be little. */
function memory(bytes: number): string {
	return bytes > 0 && bytes < 53_687_091 ? 'under 0.1' : formatGibibytes(bytes);
}

type Spread = Pick<MemoryEstimate, 'gpu_layers' | 'layer_count' | 'expert_layers_in_ram'>;

/** Of a model that is partly on the GPU. */
function adviseOn({ gpu_layers: on, layer_count: count, expert_layers_in_ram: inRam }: Spread) {
	if (on === count) {
		return `All layers on the GPU, but the experts of ${formatCount(inRam)} of them in RAM. It will answer more slowly than from the GPU alone.`;
	}
	const what = inRam > 0 ? 'layers on the GPU without their experts' : 'layers on the GPU';
	return `${formatCount(on)} of ${formatCount(count)} ${what}, the rest on the CPU. It will answer slowly; a smaller context or a smaller quant helps.`;
}

/** What fits, what a model can do, how the library is ordered. */
export const fit = {
	vram: 'VRAM',
	sharedMemory: 'GPU',
	sharedFacts: (name: string) => `${name}, part of the RAM`,
	ram: 'RAM',
	idleGpus: (names: readonly string[]) =>
		`The engine in use was not built for ${names.join(' and ')}: models run without ${names.length === 1 ? 'it' : 'them'}.`,
	chooseEngine: 'Choose another engine',
	ramFacts: (total: string, threads: number) => `${total}, ${formatCount(threads)} threads`,
	free: (free: string) => `${free} free`,
	ofTotal: (total: string) => `of ${total}`,
	parts: {
		weights: 'Weights',
		kv_cache: 'KV cache',
		overhead: 'Overhead',
		others: 'Other programs'
	},
	memory: 'Memory',
	context: 'Context',
	canDo: 'Can do',
	trained: (tokens: number) => formatContextSize(tokens),
	contextBrief: (tokens: number) => `${formatContextSize(tokens)} context`,
	active: (parameters: string) => `${parameters} active`,
	verdict: {
		gpu: 'Fits on GPU',
		partly: 'Partly',
		ram: 'Fits in RAM',
		too_large: 'Won’t fit',
		unknown: 'Not known'
	},
	loaded: {
		gpu: 'On GPU',
		partly: 'Partly',
		ram: 'In RAM',
		too_large: 'Loaded',
		unknown: 'Loaded'
	},
	partly: ({ gpu_layers: on, layer_count: count, expert_layers_in_ram: inRam }: Spread) =>
		on === count
			? `experts of ${formatCount(inRam)} layers in RAM`
			: `${formatCount(on)} of ${formatCount(count)} layers`,
	share: (needed: number, free: number) => `${memory(needed)} of ${formatGibibytes(free)} GB`,
	needs: (needed: number, free: number) => `needs ${memory(needed)} of ${formatGibibytes(free)} GB`,
	unknownHint: 'the file tells too little',
	atContext: (tokens: number) => `With a context of ${formatCount(tokens)} tokens`,
	measured: (measured: number, predicted: number) =>
		`Took ${memory(measured)} GB of RAM when it was loaded like this; expected were ${memory(predicted)} GB.`,
	measuredGpu: (measured: number, predicted: number) =>
		`On the GPU it took ${memory(measured)} GB; expected were ${memory(predicted)} GB.`,
	told: (weights: number, cache: number, compute: number) =>
		`By the engine’s own count: ${memory(weights)} GB of weights, ${memory(cache)} GB of KV cache, ${memory(compute)} GB to work in.`,
	mapped: (bytes: number) =>
		`The system will count up to ${memory(bytes)} GB more as its RAM: parts of the file, which it takes back when there is need.`,
	advice: {
		gpu: 'All of it on the GPU.',
		partly: adviseOn,
		ram: 'In RAM, on the CPU.',
		too_large:
			'It does not fit. Choose a smaller context, a smaller cache type, or a smaller quant.',
		unknown: 'The file tells too little to say what it takes.'
	},
	promptCache: (bytes: number) =>
		`Up to ${formatGibibytes(bytes)} GB more of RAM for prompts of other chats.`,
	capability: {
		chat: 'Chat',
		vision: 'Vision',
		audio: 'Audio',
		tools: 'Tools',
		thinking: 'Thinking',
		embedding: 'Embedding',
		reranking: 'Reranking'
	},
	show: 'Show',
	kinds: { all: 'All', chat: 'Chat', vision: 'Vision', embedding: 'Embedding' },
	sort: 'Sort by',
	orders: { used: 'Last used', name: 'Name', size: 'Size' },
	favourite: (name: string) => `Keep ${name} on top`,
	unfavourite: (name: string) => `No longer keep ${name} on top`,
	noneOfKind: 'No model of this kind.',
	alsoAt: (path: string) => `The same file is also at ${path}`,
	reading: (count: number) => `Looking for models, ${formatCount(count)} files read`,
	others: 'Other files',
	otherKind: {
		model: 'Model',
		projector: 'Projector',
		adapter: 'Adapter (LoRA): choose it in the load options of its model',
		vocabulary: 'Vocabulary without weights: no model',
		importance_matrix: 'Importance matrix: no model',
		image_generator: 'Makes images: not for llama.cpp'
	}
};

/** The rarer load options. */
export const loadMore = {
	title: 'More options',
	preset: 'Preset',
	remember: 'Remember for this model',
	reset: (label: string) => `Reset ${label.toLowerCase()} to default`,
	wrong: 'This is no number that it can be.',
	none: 'None',
	vision: 'Images',
	visionHint: 'Load the projector beside the model',
	experts: {
		label: 'Experts in RAM',
		hint: 'Of so many layers; the rest of each goes to the GPU'
	},
	threads: { label: 'Threads', hint: 'Of the processor; one fewer than its cores' },
	batch: { label: 'Batch size', hint: 'Tokens read in one go, at most 512' },
	idle: { label: 'Unload when idle', hint: 'After so many minutes; the next question wakes it' },
	loadMode: 'Load mode',
	loadModes: {
		auto: 'Auto',
		mmap: 'Mapped',
		mlock: 'Held in memory',
		none: 'Read as a whole'
	},
	scaling: 'Context scaling',
	scalingHint: 'RoPE, for contexts beyond the trained one',
	scalings: { auto: 'Auto', none: 'None', linear: 'Linear', yarn: 'YaRN' },
	scale: 'Times the trained context',
	lora: 'Adapter (LoRA)',
	draft: 'Draft model',
	draftHint: 'A small model of the same vocabulary guesses ahead',
	template: 'Chat template',
	templateHint: 'Jinja, instead of the model’s own',
	templateRead: 'From a file…',
	templateFrom: (path: string) => `Read from ${path} at each start`,
	templateWrong: (file: string) => `${file} is no template: a text of at most 1 MB is needed.`,
	extra: 'Extra arguments',
	extraHint: 'llama-server’s own words, checked before the start'
};

/** Deleting a model. */
export const deleteModel = {
	action: (name: string) => `Delete ${name}…`,
	title: (name: string) => `Delete ${name}?`,
	what: (file: string, parts: number, size: string) =>
		`${file}${parts > 1 ? `, all ${formatCount(parts)} parts` : ''}, ${size}`,
	withProjector: (file: string) => `Its projector ${file} goes too, unless another model uses it.`,
	where:
		'The files go to the system’s trash, from where they can be put back. The space is free once the trash is emptied.',
	forGood:
		'The files are deleted for good, past the trash, so that the room is there at once. This cannot be undone.',
	confirmForGood: 'Delete for good',
	deleting: 'Deleting…',
	doneForGood: (name: string, size: string) => `${name} deleted, ${size} freed`,
	confirm: 'Move to trash',
	working: 'Moving…',
	done: (name: string, size: string) => `${name} is in the system’s trash: ${size}`
};
