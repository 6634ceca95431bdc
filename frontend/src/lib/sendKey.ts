import type { SendKey } from './backend/protocol';

/** Whether a key sends what is written; while an input method composes, no key does. */
export function isSendKey(event: KeyboardEvent, sendWith: SendKey): boolean {
	// Safari says only by the old code that an input method composes.
	if (event.key !== 'Enter' || event.isComposing || event.keyCode === 229) {
		return false;
	}
	if (event.shiftKey || event.altKey) {
		return false;
	}
	return sendWith === 'enter' || event.ctrlKey || event.metaKey;
}
