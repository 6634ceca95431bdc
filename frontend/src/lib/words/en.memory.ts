import { formatBytes, formatCount } from '../format';
import { plural } from './plural';

/** Every sentence of memory: what was recalled, what is remembered, what is left out. */
export const memory = {
	strip: {
		name: 'Memory',
		found: (passages: number, facts: number) =>
			[
				...(passages > 0 ? [`${plural(passages, 'passage', 'passages')} from past chats`] : []),
				...(facts > 0 ? [plural(facts, 'remembered fact', 'remembered facts')] : [])
			].join(', '),
		used: (used: number, count: number) =>
			`${formatCount(used)} of ${plural(count, 'passage', 'passages')} used`,
		show: 'Show passages',
		hide: 'Hide passages',
		settings: 'Memory settings',
		without: 'Answer again without it',
		withIt: 'Answer again with it',
		asChosen: 'Answer again with what is switched on',
		stillUsed: 'The model had it for this answer.',
		notUsed: 'The model did not have it for this answer.',
		otherwise: 'This answer was given with another choice.'
	},

	passage: {
		use: 'Use this passage',
		useNumber: (number: number) => `Use passage ${formatCount(number)}`,
		notUsed: 'Not used',
		fact: 'Remembered',
		untitled: 'Untitled chat',
		thisChat: 'earlier in this chat',
		deleted: 'chat deleted',
		forgotten: 'Forgotten',
		forgottenText: 'What stood here was forgotten.',
		open: (title: string) => `Open ${title} at this place`,
		openChat: 'Open chat',
		useIt: 'Use it',
		more: (number: number) => `More about passage ${formatCount(number)}`,
		menu: 'Passage',
		chatGone: 'This chat was deleted. What was recalled from it stays here.',
		messageGone: 'This message is no longer in the chat.',
		source: (number: number) => `Source ${formatCount(number)}`,
		failed: (message: string) => `The passage was not switched. ${message}`
	},

	leaveOut: {
		chat: 'Leave out of memory',
		chatBack: 'Use in memory again',
		message: 'Leave out of memory',
		messageBack: 'Use in memory again',
		itsMessage: 'Never use this message',
		itsChat: 'Never use this chat',
		chatDone: 'Never recalled from now on. Search still finds it.',
		messageDone: 'This message is never recalled from now on. Search still finds it.',
		failed: (message: string) => `Memory was not changed. ${message}`
	},

	remember: {
		action: 'Remember this',
		title: 'Remember this',
		edit: 'Change what is remembered',
		label: 'What the models are to know',
		hint: 'One short fact. It goes with the first question of every chat where memory is on.',
		save: 'Remember',
		saveEdit: 'Save',
		done: 'Remembered',
		deleted: 'Fact deleted',
		tooLong: (most: number, length: number) =>
			`${formatCount(most)} characters at most; these are ${formatCount(length)}.`,
		failed: (message: string) => `It was not remembered. ${message}`
	},

	toggle: {
		label: 'Memory',
		hint: 'Looks through your past chats before each answer',
		title: 'Memory',
		asSettings: (isOn: boolean) => (isOn ? 'Usual (on)' : 'Usual (off)'),
		on: 'On',
		off: 'Off',
		changed: (isOn: boolean) => (isOn ? 'Memory is on in this chat' : 'Memory is off in this chat'),
		note: 'Whether past chats are looked through before each answer of this chat.'
	},

	settings: {
		use: 'Use',
		lede: 'Before an answer, the app looks through your past chats and hands the model the passages that matter. You see every one of them above the answer. It all happens on this computer.',
		enabled: 'Memory in new chats',
		enabledHint: 'You can switch it per chat in the message box.',
		passages: 'Passages per answer',
		passagesHint: 'Fewer keep the context free, more recall better.',
		fewer: 'Fewer passages',
		more: 'More passages',
		strictness: 'Only when clearly related',
		loose: 'Loose',
		strict: 'Strict',
		strictnessValue: (value: number) => `${formatCount(Math.round(value * 100))} %`,
		tokens: 'At most',
		tokensHint: 'And never more than a tenth of the context.',
		tokensUnit: 'tokens',
		tokensLabel: 'Most tokens for passages and facts',
		tokensError: (least: number, most: number) =>
			`From ${formatCount(least)} to ${formatCount(most)}.`,
		failed: (message: string) => `The setting was not changed. ${message}`,

		facts: 'Remembered',
		noFacts: 'Nothing yet. Choose “Remember this” in the menu of a message.',
		addFact: 'Add a fact',
		editFact: (text: string) => `Change: ${text}`,
		deleteFact: (text: string) => `Delete: ${text}`,

		index: 'Index',
		messages: (count: number) => plural(count, 'message', 'messages'),
		from: (chats: number, bytes: number) =>
			`from ${plural(chats, 'chat', 'chats')}, ${formatBytes(bytes)}`,
		upToDate: 'up to date',
		catchingUp: (done: number, total: number) =>
			`${formatCount(done)} of ${plural(total, 'chat', 'chats')}`,
		rebuild: 'Rebuild the index',
		rebuildHint: 'It is made of your chats alone. You can go on meanwhile.',
		rebuildAction: 'Rebuild',

		leftOut: 'Left out',
		noLeftOut:
			'Nothing is left out. Choose “Leave out of memory” in the menu of a chat or message.',
		chatLeftOut: 'Nothing of this chat is recalled. Search still finds it.',
		messageLeftOut: (title: string) => `This message of ${title} is never recalled.`,
		takeBack: (name: string) => `Use in memory again: ${name}`,
		leftOutFailed: (message: string) => `What is left out could not be read. ${message}`,

		forget: 'Forget',
		forgetHint: 'Deletes what was said in a span of time, or everything, for good.',
		forgetAction: 'Forget…'
	}
};
