import { formatBytes, formatDate } from '../../lib/format';
import { globalActions } from '../../lib/globalActions';
import { usualConfig } from '../../lib/loadConfig';
import { familyOf } from '../../lib/modelFamily';
import type { PaletteItem } from '../../lib/palette/rank';
import { keysOf, type ShortcutId } from '../../lib/shortcuts';
import type { Stores } from '../../lib/stores/context';
import { words } from '../../lib/words/en';
import { paletteWords as text } from '../../lib/words/en.palette';
import { attempt, deleteConversations, exportConversations } from '../layout/conversationActions';
import { SECTIONS } from '../settings/sections';
import type { IconName } from '../ui/icons';

export type GroupName = keyof typeof text.groups;

export interface RunnableItem extends PaletteItem {
	group: GroupName;
	icon: IconName;
	/** Of which family a model is: its glyph stands instead of the icon. */
	family?: string;
	/** At the end of its row; written only for those that are shown. */
	detail?: () => string;
	/** The keys that do the same. */
	keys?: string[];
	run: () => void;
}

const ICONS: Partial<Record<ShortcutId, IconName>> = {
	newChat: 'compose',
	toggleSidebar: 'sidebar',
	openChat: 'bubble',
	openModels: 'layers',
	openSearch: 'search',
	openServer: 'pulse',
	openSettings: 'sliders',
	previousChat: 'up',
	nextChat: 'down',
	switchModel: 'chip',
	showAll: 'keyboard'
};

/** What can be done now, from anywhere. */
export function commandItems(stores: Stores): RunnableItem[] {
	const { keyboard } = stores.settings;
	const actions = Object.entries(globalActions(stores)) as [ShortcutId, () => void][];
	const others = actions.filter(([id]) => id !== 'palette');
	const everywhere = others.map(([id, run]) => ({
		id: `command:${id}`,
		group: 'commands' as const,
		title: words.shortcuts[id],
		icon: ICONS[id] ?? 'right',
		keys: keysOf(id, keyboard),
		run
	}));
	return [...everywhere, ...modelCommands(stores), ...chatCommands(stores), ...themes(stores)];
}

function modelCommands({ models, server }: Stores): RunnableItem[] {
	const rescan = command('rescan', text.rescan, 'again', () => void models.rescan());
	const { running } = server;
	return running === null
		? [rescan]
		: [command('eject', text.eject(running.model.name), 'eject', () => void server.stop()), rescan];
}

function chatCommands(stores: Stores): RunnableItem[] {
	const { conversations, navigation } = stores;
	const open = conversations.find(navigation.conversationId ?? '');
	const settings = command('chatSettings', text.chatSettings, 'sliders', () => {
		navigation.show('chat');
		navigation.isChatSettingsOpen = true;
	});
	if (open === null) {
		return [settings];
	}
	const { id, is_pinned } = open;
	return [
		settings,
		command('rename', text.rename, 'pencil', () => {
			navigation.show('chat');
			navigation.isChatRenameOpen = true;
		}),
		command('pin', is_pinned ? text.unpin : text.pin, 'pin', () => {
			void attempt(stores, words.conversations.failed, () => conversations.pin(id, !is_pinned));
		}),
		command('exportMarkdown', text.exportMarkdown, 'download', () => {
			void exportConversations(stores, [id], 'markdown');
		}),
		command('exportJson', text.exportJson, 'download', () => {
			void exportConversations(stores, [id], 'json');
		}),
		command('delete', text.delete, 'trash', () => void deleteConversations(stores, [id]))
	];
}

function themes({ settings }: Stores): RunnableItem[] {
	return (['light', 'dark', 'system'] as const)
		.filter((theme) => settings.settings?.theme !== theme)
		.map((theme) =>
			command(`theme.${theme}`, text.theme[theme], 'brush', () => void settings.update({ theme }))
		);
}

function command(id: string, title: string, icon: IconName, run: () => void): RunnableItem {
	return { id: `command:${id}`, group: 'commands', title, icon, run };
}

export function modelItems({ models, server, settings }: Stores): RunnableItem[] {
	const last = settings.settings?.last_config ?? null;
	const loadedPath = server.running?.config.model_path ?? null;
	return models.models.map(({ path, name, size_bytes, quantization }) => ({
		id: `model:${path}`,
		group: 'models',
		title: text.load(name),
		also: quantization ?? '',
		icon: 'layers',
		family: familyOf(name),
		detail: () => (path === loadedPath ? text.loaded : formatBytes(size_bytes)),
		run: () => void server.start(usualConfig(path, last))
	}));
}

export function chatItems({ conversations, navigation }: Stores): RunnableItem[] {
	return conversations.list.map(({ id, title, updated }) => ({
		id: `chat:${id}`,
		group: 'chats',
		title: title === '' ? words.conversations.untitled : title,
		icon: 'bubble',
		detail: () => formatDate(updated),
		run: () => navigation.openChat(id)
	}));
}

export function settingItems({ navigation }: Stores): RunnableItem[] {
	return SECTIONS.flatMap((section) =>
		section.settings.map(({ id, title, hint = '' }) => ({
			id: `setting:${id}`,
			group: 'settings' as const,
			title,
			also: `${section.title} ${hint}`,
			icon: section.icon,
			detail: () => section.title,
			run: () => navigation.openSettings(section.id, id)
		}))
	);
}
