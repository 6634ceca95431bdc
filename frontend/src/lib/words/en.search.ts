import { formatCount } from '../format';
import { plural } from './plural';

/** The page that searches all chats. */
export const search = {
	title: 'Search',
	label: 'Search all chats',
	placeholder: 'Search all chats',
	clear: 'Clear the search',
	filters: 'Filters',
	time: 'Written',
	anyTime: 'Any time',
	lastDays: (days: number) => (days === 365 ? 'Last year' : `Last ${days} days`),
	model: 'Model',
	anyModel: 'Any model',
	role: 'Said by',
	anyone: 'Anyone',
	you: 'You',
	models: 'Models',
	pinned: 'Pinned chats',
	code: 'With code',
	searchBy: 'Search by',
	wordsAndMeaning: 'Words and meaning',
	wordsOnly: 'Words only',
	closeInMeaning: 'close in meaning',
	summary: (passages: number, chats: number, milliseconds: number) =>
		`${plural(passages, 'passage', 'passages')} in ${plural(chats, 'chat', 'chats')}, ${formatCount(Math.round(milliseconds))} ms`,
	indexing: (done: number, total: number) =>
		`Reading older chats: ${formatCount(done)} of ${formatCount(total)}. What is read can be found already.`,
	hits: 'What was found',
	nothing: (query: string) => `Nothing was found for “${query}”.`,
	nothingHint: 'Fewer or other words may help. A word is found in its other forms, too.',
	nothingFiltered: 'The filters leave messages out.',
	clearFilters: 'Clear filters',
	failed: 'The search failed',
	emptyTitle: 'Find what was said in any chat',
	emptyHint:
		'Mistyped words are understood. “Words in quotes” stand together, a -word is left out.',
	preview: (title: string) => `Passage in ${title}`,
	openChat: 'Open chat',
	backToHits: 'Back to what was found',
	gone: 'This chat is not there any more.',
	back: 'Back to search',
	backToChat: 'Back to the chat before'
};
