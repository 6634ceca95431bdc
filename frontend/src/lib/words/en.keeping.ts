import type { Erasable, KeptKind, Restored, Snapshot } from '../backend/protocol';
import { daysBetween, formatDate, formatTime } from '../format';
import { plural } from './plural';

/** `Today, 10:38`, `Monday, 10:38`, `3 May, 10:38` */
function when(epochSeconds: number): string {
	const isToday = daysBetween(new Date(epochSeconds * 1000), new Date()) <= 0;
	return `${isToday ? 'Today' : formatDate(epochSeconds)}, ${formatTime(epochSeconds)}`;
}

function chats(count: number): string {
	return plural(count, 'chat', 'chats');
}

/** `a`, `a and b`, `a, b and c` */
function joined(parts: readonly string[]): string {
	return parts.length < 2
		? parts.join('')
		: `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
}

function capitalized(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Sentences on snapshots and on deleting everything; fetched with the settings. */
export const keeping = {
	snapshot: ({ created, conversation_count: count }: Snapshot) =>
		`${when(created)}, ${chats(count)}`,
	which: 'Snapshot to go back to',
	make: 'Make one now',
	made: ({ conversation_count: count }: Snapshot) => `Snapshot of ${chats(count)} made`,
	notMade: (message: string) => `No snapshot was made. ${message}`,
	notListed: (message: string) => `The snapshots could not be read. ${message}`,
	none: 'There is no snapshot yet.',

	restore: {
		open: 'Restore…',
		title: 'Go back to a snapshot',
		text: (snapshot: Snapshot) =>
			`Its chats become as they were (${keeping.snapshot(snapshot)}), also those that were deleted since. So do settings and presets, drafts, remembered facts, favourite models and how they are loaded. Chats begun since stay as they are, and no model file changes.`,
		before: 'How everything is now becomes a snapshot first, so you can come back to it.',
		action: 'Restore',
		done: ({ restored_count: count, kinds }: Restored) => {
			const parts = [
				...(count > 0 ? [chats(count)] : []),
				...kinds.map((kind) => keeping.restore.kinds[kind])
			];
			return parts.length === 0
				? 'Everything was as in the snapshot'
				: `${capitalized(joined(parts))} restored to the snapshot`;
		},
		kinds: {
			settings: 'settings',
			drafts: 'drafts',
			facts: 'remembered facts',
			model_choices: 'choices for models'
		} satisfies Record<KeptKind, string>,
		failed: 'Not everything was restored'
	},

	erase: {
		title: 'Delete all chats',
		counted: (count: Erasable) => {
			const parts = [
				count.chat_count > 0 && chats(count.chat_count),
				count.trashed_chat_count > 0 && `${chats(count.trashed_chat_count)} in the trash`,
				count.draft_count > 0 && plural(count.draft_count, 'draft', 'drafts'),
				count.fact_count > 0 && plural(count.fact_count, 'remembered fact', 'remembered facts'),
				count.snapshot_count > 0 && plural(count.snapshot_count, 'snapshot', 'snapshots')
			].filter((part) => part !== false);
			return parts.length === 0
				? 'No chats, drafts, facts or snapshots are kept.'
				: `Deleted for good: ${joined(parts)}.`;
		},
		forGood:
			'Attached files, files set aside as damaged and the search index go with them. There is no way back. Settings and models stay; so does a copy or export that you made yourself.',
		word: 'delete',
		type: 'Type “delete” to go on',
		action: 'Delete everything',
		done: 'All chats deleted',
		failed: (message: string) => `Not everything was deleted. ${message}`
	}
};
