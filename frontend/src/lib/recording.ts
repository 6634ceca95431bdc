import { type Keyboard, keysFor, type ShortcutId, SHORTCUTS } from './shortcuts';

const MODIFIERS = new Set(['Control', 'Shift', 'Alt', 'Meta', 'AltGraph', 'OS', 'Dead', 'Process']);
/** With `Mod`: what every text field has. */
const OF_TEXT = new Set(['A', 'C', 'V', 'X', 'Z', 'Y']);
const TAKEN = new Set(['Tab', 'Escape', 'F6', ' ']);
const ALONE = /^F([1-9]|1\d|2[0-4])$/;

export type Recorded =
	| { type: 'keys'; keys: string }
	| { type: 'unfinished' }
	/** Writes text. */
	| { type: 'typing'; keys: string }
	/** Every program has it for something. */
	| { type: 'taken'; keys: string };

/** The keys of a press as they are kept, or why they cannot be a shortcut. */
export function recordKeys(event: KeyboardEvent, isMac: boolean): Recorded {
	if (MODIFIERS.has(event.key) || event.isComposing) {
		return { type: 'unfinished' };
	}
	const key = nameOf(event);
	const hasMod = isMac ? event.metaKey : event.ctrlKey;
	const keys = [
		...(hasMod ? ['Mod'] : []),
		...(event.altKey ? ['Alt'] : []),
		...(event.shiftKey && key !== '/' ? ['Shift'] : []),
		key
	].join('+');
	const isOfText = hasMod && !event.altKey && !event.shiftKey && OF_TEXT.has(key);
	if (isOfText || TAKEN.has(key)) {
		return { type: 'taken', keys };
	}
	const isTyping = !hasMod && !event.altKey && !ALONE.test(key);
	return { type: isTyping ? 'typing' : 'keys', keys };
}

/** The shortcut that has these keys already; `null`: none has. */
export function findConflict(keys: string, id: ShortcutId, keyboard: Keyboard): ShortcutId | null {
	const others = Object.keys(SHORTCUTS) as ShortcutId[];
	return others.find((other) => other !== id && keysFor(other, keyboard) === keys) ?? null;
}

/** Letters and digits by their place where a layout has none of ours. */
function nameOf({ key, code }: KeyboardEvent): string {
	const place = /^(?:Key|Digit)([A-Z\d])$/.exec(code)?.[1];
	if (/^[a-z]$/i.test(key)) {
		return key.toUpperCase();
	}
	if (key.length === 1 && place !== undefined && key !== '/') {
		return place;
	}
	return key;
}
