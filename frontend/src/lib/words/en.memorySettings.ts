import type { Forgettable } from '../backend/protocol';
import { formatBytes, formatCount } from '../format';
import { plural } from './plural';

/** Every sentence of the memory settings; fetched with them. */
export const memorySettings = {
	lede: 'Before an answer, the app looks through your past chats and hands the model the passages that matter. You see every one of them above the answer. It all happens on this computer.',
	groups: {
		use: 'Use',
		facts: 'Remembered',
		index: 'Index',
		leftOut: 'Left out',
		forget: 'Forget'
	},
	rows: {
		memory_enabled: {
			title: 'Memory in new chats',
			hint: 'You can switch it per chat in the message box.'
		},
		memory_passages: {
			title: 'Passages per answer',
			hint: 'Fewer keep the context free, more recall better.'
		},
		memory_strictness: { title: 'Only when clearly related' },
		memory_tokens: { title: 'At most', hint: 'And never more than a tenth of the context.' },
		facts: { title: 'Remembered facts' },
		rebuild_index: {
			title: 'Rebuild the index',
			hint: 'It is made of your chats alone. You can go on meanwhile.'
		},
		left_out: { title: 'Left out of memory' },
		forget: {
			title: 'Forget for good',
			hint: 'Deletes what was said in a span of time, or everything.'
		}
	},
	fewer: 'Fewer passages',
	more: 'More passages',
	loose: 'Loose',
	strict: 'Strict',
	share: (value: number) => `${formatCount(Math.round(value * 100))} %`,
	tokens: 'tokens',
	tokensLabel: 'Most tokens for passages and facts',
	tokensRange: (least: number, most: number) =>
		`A whole number from ${formatCount(least)} to ${formatCount(most)}.`,

	noFacts: 'Nothing yet. Choose “Remember this” in the menu of a message, or write it here.',
	addFact: 'Add a fact',
	editFact: (text: string) => `Change: ${text}`,
	deleteFact: (text: string) => `Delete: ${text}`,
	factDeleted: 'Fact deleted',
	factFailed: (message: string) => `The list was not changed. ${message}`,

	messages: (count: number) => plural(count, 'message', 'messages'),
	inIndex: (bytes: number) => `can be found, ${formatBytes(bytes)}`,
	upToDate: 'up to date',
	catchingUp: (done: number, total: number) =>
		`${formatCount(done)} of ${plural(total, 'chat', 'chats')}`,
	rebuild: 'Rebuild',

	noLeftOut: 'Nothing. Choose “Leave out of memory” in the menu of a chat or message.',
	chatLeftOut: 'Nothing of this chat is recalled. Search still finds it.',
	messageLeftOut: (title: string) => `A message of “${title}”. Search still finds it.`,
	untitled: 'Untitled chat',
	takeBack: (name: string) => `Use in memory again: ${name}`,
	failed: (message: string) => `This could not be read. ${message}`,

	forget: {
		open: 'Forget…',
		title: 'Forget for good',
		what: 'What is forgotten',
		days: 'Some days',
		everything: 'Everything',
		from: 'First day',
		to: 'Last day',
		choose: 'Choose a first day, a last day, or both.',
		counted: (count: Forgettable) => {
			const { message_count, chat_count, whole_chat_count, trashed_chat_count } = count;
			if (chat_count + trashed_chat_count === 0) {
				return 'Nothing was said in that time.';
			}
			const chats = `${plural(message_count, 'message', 'messages')} in ${plural(chat_count, 'chat', 'chats')} go`;
			const whole =
				whole_chat_count === 0 ? '' : `, ${formatCount(whole_chat_count)} of them whole`;
			const trash =
				trashed_chat_count === 0
					? ''
					: ` From the trash ${plural(trashed_chat_count, 'chat goes', 'chats go')} whole.`;
			return chat_count === 0 ? trash.trim() : `${chats}${whole}.${trash}`;
		},
		withFacts: (count: number) =>
			`Also forget ${plural(count, 'remembered fact', 'remembered facts')} of that time`,
		forGood:
			'It is deleted from the files with its attachments, from the index, and from the snapshots, which lose each chat that has any of it, and their drafts. There is no way back. A copy or export that you made yourself still has it.',
		word: 'forget',
		type: 'Type “forget” to go on',
		action: 'Forget for good',
		done: 'Forgotten',
		failed: (message: string) => `Not everything was forgotten. ${message}`
	}
};
