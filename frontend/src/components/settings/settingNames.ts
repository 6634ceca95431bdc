import { SHORTCUT_GROUPS } from '../../lib/shortcutGroups';
import { words as pageWords } from '../../lib/words/en';
import { settingsWords as words } from '../../lib/words/en.settings';
import { memoryModels } from '../../lib/words/en.memoryModels';
import { memorySettings } from '../../lib/words/en.memorySettings';
import type { NamedSetting } from './sections';

const shortcutNames = pageWords.shortcuts;

/** The settings of a section by the words it has for them: one text for the row and the search. */
function namesOf(
	texts: Record<string, { readonly title: string; readonly hint?: string }>
): NamedSetting[] {
	return Object.entries(texts).map(([id, { title, hint }]) => ({
		id,
		title,
		...(hint !== undefined && { hint })
	}));
}

export const GENERAL_SETTINGS = namesOf(words.general.rows);
export const ENGINE_SETTINGS = namesOf(words.engine.rows);
export const CHAT_SETTINGS = namesOf(words.chat.rows);
export const DATA_SETTINGS = namesOf(words.data.rows);
export const ABOUT_SETTINGS = namesOf(words.about.rows);
export const SHORTCUT_SETTINGS: NamedSetting[] = Object.values(SHORTCUT_GROUPS)
	.flat()
	.map((id) => ({ id, title: shortcutNames[id] }));
export const APPEARANCE_SETTINGS = namesOf(words.appearance.rows);

export const MEMORY_SETTINGS = [...namesOf(memorySettings.rows), ...namesOf(memoryModels.rows)];
