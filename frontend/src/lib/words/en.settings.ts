import type { Engine } from '../backend/protocol';
import { formatCount } from '../format';

/**
 * Every sentence of the settings. They are fetched with the first page of the settings or the
 * palette, and so not part of `words`.
 */

/** The names of the sections. */
export const sectionWords = {
	general: 'General',
	appearance: 'Appearance',
	engine: 'Engine',
	chat: 'Chat defaults',
	memory: 'Memory',
	data: 'Data & privacy',
	shortcuts: 'Shortcuts',
	about: 'About'
};

/** What a section is about, below its name. */
export const sectionLedes = {
	engine: 'llama-server does the work. The app finds one by itself; you can point to your own.',
	data: 'Chats, memory and settings live in one folder on this computer.',
	shortcuts:
		'Press a shortcut, then the keys it shall have. Backspace takes its keys away, Escape leaves it.',
	chat: 'New chats start with these. A chat can have its own, behind the sliders in its header.'
};

export const settingsWords = {
	title: 'Settings',
	back: 'Back to chats',
	find: 'Find a setting',
	found: 'Found settings',
	sections: 'Sections of the settings',
	noMatch: (filter: string) => `No setting matches “${filter}”.`,
	reset: (title: string) => `Reset “${title}”`,
	notKept: (message: string) => `The setting was not changed. ${message}`,

	between: (min: number, max: number) =>
		`Use a whole number from ${formatCount(min)} to ${formatCount(max)}.`,
	number: formatCount,

	general: {
		groups: { start: 'At start', writing: 'Writing' },
		rows: {
			open_at_start: { title: 'Open', hint: 'What you see first.' },
			load_last_model: {
				title: 'Load the last model',
				hint: 'Start llama-server as soon as the app runs.'
			},
			send_with: { title: 'Send with', hint: 'Shift Enter is always a new line.' }
		},
		sendKeys: { enter: 'Enter', ctrl_enter: 'Ctrl Enter' },
		sendKeysOfMac: { enter: 'Return', ctrl_enter: '⌘ Return' },
		places: { new_chat: 'A new chat', last_chat: 'The last chat' },
		lastModel: (name: string) => `Start llama-server as soon as the app runs. Now: ${name}.`
	},

	engine: {
		groups: { program: 'llama-server', loading: 'When loading a model' },
		rows: {
			llama_server_path: {
				title: 'Build',
				hint: 'Which llama-server program loads the models.'
			},
			load_gpu_layers: {
				title: 'GPU layers',
				hint: 'How many layers lie on the GPU. Auto: as many as fit.'
			},
			load_context_size: {
				title: 'Context size',
				hint: 'In tokens. Auto: the model’s own, fitted to memory.'
			},
			load_cache_type: {
				title: 'KV cache type',
				hint: 'Q8_0 halves the cache with hardly any loss.'
			},
			load_flash_attention: { title: 'Flash attention' },
			load_threads: { title: 'Threads', hint: 'Auto: the physical cores but one.' }
		},
		found: 'Automatic',
		own: 'Own build',
		auto: 'Auto',
		cacheTypes: { f16: 'F16', q8_0: 'Q8_0', q4_0: 'Q4_0' },
		attention: { auto: 'Auto', on: 'On', off: 'Off' },
		path: 'Path of llama-server',
		pathHint: 'A program, or a folder of llama.cpp',
		browse: 'Browse',
		use: 'Use',
		used: ({ version, path, source, kind }: Engine) =>
			kind === 'embedded'
				? `Used now: the engine of the app, ${version}.`
				: `Used now: ${version}, from ${source}. ${path}`
	},

	chat: {
		groups: { instructions: 'Instructions', sampling: 'Sampling', behaviour: 'Behaviour' },
		rows: {
			chat_system_prompt: {
				title: 'Instructions',
				hint: 'Sent at the beginning of every new chat.'
			},
			temperature: { title: 'Temperature', hint: 'Higher is more surprising.' },
			top_p: { title: 'Top-p' },
			top_k: { title: 'Top-k' },
			min_p: { title: 'Min-p' },
			max_tokens: { title: 'Longest answer', hint: 'In tokens.' },
			thinking: { title: 'Think before answering', hint: 'For models that can.' },
			title_by_model: {
				title: 'Name chats',
				hint: 'Ask the loaded model for a title after the first answer.'
			},
			read_ahead: {
				title: 'Read while you write',
				hint: 'The model reads the question with its files and memory before it is sent, so answers start sooner. Not on battery.'
			},
			chat_overflow: { title: 'When the context is full', hint: 'What gives way.' }
		},
		placeholder: 'Answer briefly and plainly.',
		modelsOwn: 'Model’s own',
		untilItEnds: 'Until it ends',
		numberBetween: (min: number, max: number) => `Use a number from ${min} to ${max}.`,
		thinking: { auto: 'Auto', on: 'Always', off: 'Never' },
		overflow: {
			oldest: 'Drop the oldest turns',
			middle: 'Drop the middle turns',
			nothing: 'Say that it is full'
		}
	},

	data: {
		open: 'Open',
		groups: { place: 'Where it is', snapshots: 'Snapshots', clearing: 'Clearing' },
		rows: {
			data_folder: { title: 'Data folder' },
			export_all: { title: 'Export all chats' },
			import: {
				title: 'Import',
				hint: 'From this app, ChatGPT, llama.cpp, Open WebUI, Jan or LM Studio.'
			},
			snapshots: {
				title: 'Keep everything as it is now',
				hint: 'One is made every day. The last seven stay, then one a week for four weeks.'
			},
			restore_snapshot: {
				title: 'Go back',
				hint: 'Makes chats, settings, drafts and remembered facts as they were. Chats begun since stay.'
			},
			trash_days: {
				title: 'Keep deleted chats',
				hint: 'They wait in the trash. A start of the app really deletes what is older.'
			},
			delete_all: {
				title: 'Delete all chats',
				hint: 'For good, with trash, drafts, remembered facts and snapshots.'
			}
		},
		chats: (count: number) => (count === 1 ? '1 chat' : `${formatCount(count)} chats`),
		days: (days: number) => `${days} days`,
		never: 'For ever',
		importOpen: 'Import…',
		deleteOpen: 'Delete…',
		markdown: 'Markdown',
		json: 'JSON',
		notExported: (message: string) => `The chats were not exported. ${message}`
	},

	about: {
		groups: { help: 'Help' },
		rows: {
			diagnostics: {
				title: 'Copy a report for a bug',
				hint: 'Versions and the kind of computer. Nothing of your chats.'
			},
			licences: {
				title: 'Licences',
				hint: 'Llama Desktop has the MIT licence. It is made with parts of others.'
			}
		},
		version: (version: string) => `Version ${version}`,
		showLicences: 'Show',
		parts: {
			title: 'Licences of the parts',
			loading: 'Reading the licences …',
			missing: 'This build of the page came without the list of licences.',
			noText: 'The package brings no text of its licence.'
		},
		copy: 'Copy report',
		copied: 'Report copied',
		notCopied: 'The report could not be copied.',
		report: (facts: {
			version: string;
			platform: string;
			engine: string;
			window: boolean;
			browser: string;
		}) =>
			[
				`Llama Desktop ${facts.version}`,
				`Platform: ${facts.platform}`,
				`Engine: ${facts.engine}`,
				`Shown in: ${facts.window ? 'its window' : 'a browser'}`,
				`Browser: ${facts.browser}`
			].join('\n')
	},

	shortcuts: {
		change: (title: string) => `Change the keys of “${title}”:`,
		press: 'Press keys',
		none: 'None',
		typing: (keys: string, mod: string) =>
			`${keys} writes text. Hold ${mod} or Alt, or use a function key.`,
		taken: (keys: string) => `${keys} means the same in every program. Press other keys.`,
		conflict: (keys: string, other: string) =>
			`${keys} is already “${other}”. Change that one first.`
	},

	appearance: {
		groups: { theme: 'Theme', reading: 'Reading', interface: 'Interface' },
		rows: {
			theme: { title: 'Theme', hint: 'Like the system, light or dark.' },
			text_size: { title: 'Text size', hint: 'Scales the whole interface.' },
			reading_width: { title: 'Conversation width' },
			reading_font: { title: 'Conversation font' },
			code_font: { title: 'Code font' },
			wrap_code: { title: 'Wrap long code lines' },
			interface_font: { title: 'Interface font' },
			density: {
				title: 'Density',
				hint: 'How close the rows of lists and the turns of a chat stand.'
			},
			motion: { title: 'Motion' },
			glow: { title: 'Glow', hint: 'The halo of squares at work, in the dark theme.' },
			show_speed: {
				title: 'Show speed under answers',
				hint: 'Tokens per second, time to first token, tokens.'
			}
		},
		themes: { system: 'Like the system', light: 'Light', dark: 'Dark' },
		widths: { narrow: 'Narrow', comfortable: 'Comfortable', wide: 'Wide' },
		readingFonts: { interface: 'Same as interface', system: 'The system’s', serif: 'Serif' },
		interfaceFonts: { inter: 'Inter', system: 'The system’s' },
		codeFonts: { jetbrains_mono: 'JetBrains Mono', system: 'The system’s' },
		densities: { comfortable: 'Comfortable', compact: 'Compact' },
		motions: { system: 'Like the system', less: 'Less' },
		pixels: (size: number) => `${size} px`
	}
};
