import { formatCount } from '../format';

/** Every sentence of what an answer is made of. */
export const markdown = {
	note: (number: number) => `Footnote ${number}`,
	backFrom: (number: number) => `Back from footnote ${number}`,
	notes: 'Footnotes',
	formula: 'Formula',
	quote: 'Quote',
	quoteHint: 'Quote into the message'
};

/** Every sentence of the list of chats. */
export const list = {
	pinned: 'Pinned',
	pin: 'Pin',
	unpin: 'Unpin',
	export: 'Export',
	exportMarkdown: 'Export as Markdown',
	exportJson: 'Export as JSON',
	exported: (name: string) => `Saved as ${name}`,
	exportFailed: (message: string) => `The chats were not exported. ${message}`,
	answerReady: 'Answer ready',
	selected: 'Selected',
	selection: 'Selected chats',
	count: (count: number) => `${formatCount(count)} selected`,
	clear: 'Clear the selection',
	deleteMany: (count: number) => `Delete ${chats(count)}`,
	deletedMany: (count: number) => (count === 1 ? 'Chat deleted' : `${chats(count)} deleted`),
	trash: 'Trash',
	backToChats: 'Back to the chats',
	trashHint: (days: number | null) =>
		days === null
			? 'Chats stay here until they are taken back.'
			: `Chats stay here for ${days} ${days === 1 ? 'day' : 'days'}.`,
	trashEmpty: 'The trash is empty.',
	restore: 'Restore',
	restoreChat: (title: string) => `Restore ${title}`,
	trashFailed: (message: string) => `The trash could not be read. ${message}`
};

function chats(count: number): string {
	return `${formatCount(count)} ${count === 1 ? 'chat' : 'chats'}`;
}
