import { formatCount } from '../format';
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
		nothing: (chats: number) => `nothing relevant in ${plural(chats, 'past chat', 'past chats')}`,
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
	}
};
