import type { ShortcutId } from './shortcuts';

/** The shortcuts as they are listed, by where they work. */
export const SHORTCUT_GROUPS = {
	everywhere: [
		'palette',
		'newChat',
		'openSearch',
		'toggleSidebar',
		'openChat',
		'openModels',
		'openServer',
		'openSettings',
		'switchModel',
		'previousChat',
		'nextChat',
		'focusNext',
		'showAll'
	],
	chat: [
		'send',
		'newLine',
		'editLast',
		'pasteAsFile',
		'stop',
		'answerAgain',
		'copyAnswer',
		'toggleMemory',
		'previousTurn',
		'nextTurn',
		'previousVersion',
		'nextVersion',
		'find',
		'findNext',
		'findPrevious'
	],
	list: ['rename', 'delete']
} as const satisfies Record<string, readonly ShortcutId[]>;

/** These mean the same in every program, or belong to the field they work in. */
const FIXED: ReadonlySet<ShortcutId> = new Set([
	'send',
	'newLine',
	'editLast',
	'stop',
	'focusNext',
	'rename',
	'delete'
]);

export function isFixed(id: ShortcutId): boolean {
	return FIXED.has(id);
}
