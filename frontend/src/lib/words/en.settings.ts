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

export const settingsWords = {
	title: 'Settings',
	back: 'Back to chats',
	find: 'Find a setting',
	found: 'Found settings',
	sections: 'Sections of the settings',
	noMatch: (filter: string) => `No setting matches “${filter}”.`,
	reset: (title: string) => `Reset “${title}”`,
	notKept: (message: string) => `The setting was not changed. ${message}`,

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
