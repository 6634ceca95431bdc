/** The keys that work everywhere in the window. `Mod` is Ctrl, on macOS Command. */

export const SHORTCUTS = {
	palette: 'Mod+K',
	newChat: 'Mod+N',
	toggleSidebar: 'Mod+B',
	openChat: 'Mod+1',
	openModels: 'Mod+2',
	openSearch: 'Mod+Shift+F',
	openServer: 'Mod+3',
	openSettings: 'Mod+,',
	previousChat: 'Alt+ArrowUp',
	nextChat: 'Alt+ArrowDown',
	rename: 'F2',
	delete: 'Delete',
	switchModel: 'Mod+Shift+M',
	copyAnswer: 'Mod+Shift+C',
	answerAgain: 'Mod+R',
	previousVersion: 'Alt+ArrowLeft',
	nextVersion: 'Alt+ArrowRight',
	previousTurn: 'Mod+ArrowUp',
	nextTurn: 'Mod+ArrowDown',
	find: 'Mod+F',
	findNext: 'F3',
	findPrevious: 'Shift+F3',
	focusNext: 'F6',
	send: 'Enter',
	newLine: 'Shift+Enter',
	editLast: 'ArrowUp',
	pasteAsFile: 'Mod+Shift+V',
	stop: 'Escape',
	toggleMemory: 'Mod+Shift+K',
	showAll: 'Mod+/'
} as const;

export type ShortcutId = keyof typeof SHORTCUTS;

const NAMES: Record<string, string> = {
	ArrowUp: 'Up',
	ArrowDown: 'Down',
	ArrowLeft: 'Left',
	ArrowRight: 'Right',
	Escape: 'Esc',
	Delete: 'Del'
};
const MAC_NAMES: Record<string, string> = { Mod: '⌘', Alt: '⌥', Shift: '⇧' };

/** The person's keyboard: what `Mod` is, and the shortcuts that are not as they came. */
export interface Keyboard {
	isMac: boolean;
	/** Keys by the id of a shortcut; empty: none. */
	own: Record<string, string>;
}

/** The keys of a shortcut as they are kept: `Mod+Shift+M`; empty: there are none. */
export function keysFor(id: ShortcutId, keyboard: Keyboard): string {
	return keyboard.own[id] ?? SHORTCUTS[id];
}

/** The key caps of a shortcut: `['Ctrl', 'N']`, on macOS `['⌘', 'N']`. */
export function keysOf(id: ShortcutId, keyboard: Keyboard): string[] {
	return keyCaps(keysFor(id, keyboard), keyboard.isMac);
}

/** The same for keys as they are kept. */
export function keyCaps(keys: string, isMac: boolean): string[] {
	return splitKeys(keys).map((key) => {
		if (isMac && key in MAC_NAMES) {
			return MAC_NAMES[key] ?? key;
		}
		return key === 'Mod' ? 'Ctrl' : (NAMES[key] ?? key);
	});
}

/** The same in a row of words: `Ctrl N`. */
export function keyText(id: ShortcutId, keyboard: Keyboard): string {
	return keysOf(id, keyboard).join(' ');
}

/** Whether a key press is this shortcut. */
export function isShortcut(event: KeyboardEvent, id: ShortcutId, keyboard: Keyboard): boolean {
	const keys = splitKeys(keysFor(id, keyboard));
	const key = keys.at(-1);
	const hasMod = keyboard.isMac ? event.metaKey : event.ctrlKey;
	const hasOther = keyboard.isMac ? event.ctrlKey : event.metaKey;
	return (
		key !== undefined &&
		hasMod === keys.includes('Mod') &&
		!hasOther &&
		event.altKey === keys.includes('Alt') &&
		// Many layouts need Shift to write a slash.
		(event.shiftKey === keys.includes('Shift') || key === '/') &&
		isKey(event, key)
	);
}

/** `Mod++` is the plus key with Ctrl. */
function splitKeys(keys: string): string[] {
	return keys === '' ? [] : keys.split(/\+(?=.)/);
}

/** By the letter on the key, else by its place: letters for layouts that have none of ours. */
function isKey(event: KeyboardEvent, key: string): boolean {
	if (event.key.toLowerCase() === key.toLowerCase()) {
		return true;
	}
	if (/^\d$/.test(key)) {
		return event.code === `Digit${key}`;
	}
	return /^[A-Z]$/.test(key) && !/^[a-z]$/i.test(event.key) && event.code === `Key${key}`;
}

/** Keys with which a webview would leave or spoil the page: reload, zoom, back and forward, print. */
export function isWebviewKey(event: KeyboardEvent, isMac: boolean): boolean {
	const hasMod = isMac ? event.metaKey : event.ctrlKey;
	if (event.key === 'F5' || event.key === 'BrowserRefresh') {
		return true;
	}
	if (hasMod && !event.altKey && ['r', 'p', '+', '-', '=', '0'].includes(event.key.toLowerCase())) {
		return true;
	}
	return !isMac && event.altKey && ['ArrowLeft', 'ArrowRight'].includes(event.key);
}
