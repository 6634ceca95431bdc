import type { Component } from 'svelte';

import { sectionLedes, sectionWords } from '../../lib/words/en.settings';
import { memorySettings } from '../../lib/words/en.memorySettings';
import type { IconName } from '../ui/icons';
import {
	ABOUT_SETTINGS,
	APPEARANCE_SETTINGS,
	CHAT_SETTINGS,
	DATA_SETTINGS,
	ENGINE_SETTINGS,
	GENERAL_SETTINGS,
	MEMORY_SETTINGS,
	SHORTCUT_SETTINGS
} from './settingNames';

/** A setting as the search knows it. */
export interface NamedSetting {
	/** That of its `SettingRow`. */
	id: string;
	title: string;
	hint?: string;
}

export interface SettingsSection {
	id: string;
	icon: IconName;
	title: string;
	/** What the section is about. */
	lede?: string;
	load: () => Promise<{ default: Component }>;
	settings: readonly NamedSetting[];
}

/** All sections, in the order they stand. One line makes a section; it must exist. */
export const SECTIONS: readonly SettingsSection[] = [
	{
		id: 'general',
		icon: 'sliders',
		title: sectionWords.general,
		load: async () => await import('./GeneralSettings.svelte'),
		settings: GENERAL_SETTINGS
	},
	{
		id: 'appearance',
		icon: 'brush',
		title: sectionWords.appearance,
		load: async () => await import('./AppearanceSettings.svelte'),
		settings: APPEARANCE_SETTINGS
	},
	{
		id: 'engine',
		icon: 'chip',
		title: sectionWords.engine,
		lede: sectionLedes.engine,
		load: async () => await import('./EngineSettings.svelte'),
		settings: ENGINE_SETTINGS
	},
	{
		id: 'chat',
		icon: 'bubble',
		title: sectionWords.chat,
		lede: sectionLedes.chat,
		load: async () => await import('./ChatDefaultSettings.svelte'),
		settings: CHAT_SETTINGS
	},
	{
		id: 'memory',
		icon: 'memory',
		title: sectionWords.memory,
		lede: memorySettings.lede,
		load: async () => await import('./MemorySettings.svelte'),
		settings: MEMORY_SETTINGS
	},
	{
		id: 'data',
		icon: 'shield',
		title: sectionWords.data,
		lede: sectionLedes.data,
		load: async () => await import('./DataSettings.svelte'),
		settings: DATA_SETTINGS
	},
	{
		id: 'shortcuts',
		icon: 'keyboard',
		title: sectionWords.shortcuts,
		lede: sectionLedes.shortcuts,
		load: async () => await import('./ShortcutSettings.svelte'),
		settings: SHORTCUT_SETTINGS
	},
	{
		id: 'about',
		icon: 'info',
		title: sectionWords.about,
		load: async () => await import('./AboutSettings.svelte'),
		settings: ABOUT_SETTINGS
	}
];

/** The section of an id; the first one where there is none of it. */
export function findSection(id: string): SettingsSection {
	const [first] = SECTIONS;
	const section = SECTIONS.find((one) => one.id === id) ?? first;
	if (section === undefined) {
		throw new Error('There are no settings.');
	}
	return section;
}
