/** Every sentence of the command palette; fetched with it. */
export const paletteWords = {
	title: 'Command palette',
	placeholder: 'Type a command, a chat, a model or a setting',
	searchPlaceholder: 'Search in messages',
	inMessages: 'In messages',
	results: 'Results',
	groups: {
		recent: 'Recent',
		commands: 'Commands',
		models: 'Models',
		chats: 'Chats',
		settings: 'Settings',
		search: 'Search',
		matches: 'Best matches'
	},
	searchFor: (query: string) => `Search all chats for “${query}”`,
	noMatch: (query: string) => `Nothing is called “${query}”.`,
	noHit: (query: string) => `No message has “${query}”.`,
	count: (count: number) => (count === 1 ? '1 result' : `${count} results`),
	load: (name: string) => `Load ${name}`,
	eject: (name: string) => `Eject ${name}`,
	loaded: 'Loaded',
	rescan: 'Look for new model files',
	chatSettings: 'Settings of this chat',
	pin: 'Pin this chat',
	unpin: 'Unpin this chat',
	rename: 'Rename this chat',
	delete: 'Delete this chat',
	exportMarkdown: 'Export this chat as Markdown',
	exportJson: 'Export this chat as JSON',
	theme: { light: 'Light theme', dark: 'Dark theme', system: 'Theme like the system' },
	keys: {
		move: 'Move',
		run: 'Run',
		searchMessages: 'Search in messages',
		openAt: 'Open at the passage',
		all: 'All results',
		commands: 'Commands',
		close: 'Close'
	}
};
