import type { ShortcutId } from './shortcuts';
import type { ShellStores } from './stores/context';

/** What can be done from anywhere in the window, by keys and from the palette. */
export function globalActions(
	stores: Pick<ShellStores, 'conversations' | 'navigation' | 'sidebar'>
): Partial<Record<ShortcutId, () => void>> {
	const { conversations, navigation, sidebar } = stores;

	/** The chat above or below the open one; from a new chat the first of the list. */
	function openNeighbour(by: number): void {
		const { list } = conversations;
		const index = list.findIndex(({ id }) => id === navigation.conversationId);
		const next = index === -1 ? list[0] : list[index + by];
		if (next !== undefined) {
			navigation.openChat(next.id);
		}
	}

	return {
		palette: () => {
			navigation.dialog = 'palette';
		},
		newChat: () => navigation.openChat(null),
		toggleSidebar: () => void sidebar.toggle(),
		openChat: () => navigation.show('chat'),
		openModels: () => navigation.show('models'),
		openSearch: () => navigation.show('search'),
		openServer: () => navigation.show('server'),
		openSettings: () => navigation.openSettings(),
		previousChat: () => openNeighbour(-1),
		nextChat: () => openNeighbour(1),
		switchModel: () => navigation.openModelSelector(),
		showAll: () => {
			navigation.dialog = 'shortcuts';
		}
	};
}
