import { createContext } from 'svelte';

import type { Backend } from '../backend/backend';
import { AttachmentsStore } from './attachmentsStore.svelte';
import type { ChatStore } from './chatStore.svelte';
import { ContextUsageStore } from './contextUsage.svelte';
import { CuresStore } from './curesStore.svelte';
import { DoctorStore } from './doctorStore.svelte';
import { ConversationsStore } from './conversationsStore.svelte';
import { DownloadsStore } from './downloadsStore.svelte';
import { FitStore } from './fitStore.svelte';
import { ImportsStore } from './importsStore.svelte';
import { DroppedModels } from './droppedModels.svelte';
import { FirstRunStore } from './firstRunStore.svelte';
import { LogStore } from './logStore.svelte';
import { MemoryStore } from './memoryStore.svelte';
import { ModelsStore } from './modelsStore.svelte';
import type { Place } from '../place';
import { NavigationStore } from './navigationStore.svelte';
import { NoticesStore } from './noticesStore.svelte';
import { ReadAhead } from './readAhead';
import { SearchStore } from './searchStore.svelte';
import { ServerStore } from './serverStore.svelte';
import { SettingsStore } from './settingsStore.svelte';
import { SidebarStore } from './sidebarStore.svelte';
import { SnapshotsStore } from './snapshotsStore.svelte';
import { TelemetryStore } from './telemetryStore.svelte';
import { ToastsStore } from './toastsStore.svelte';
import { UnreadStore } from './unreadStore.svelte';
import { TokenCounter } from './tokenCounter.svelte';

/** The stores of the shell: one of each for the life of the page. */
export interface ShellStores {
	attachments: AttachmentsStore;
	context: ContextUsageStore;
	conversations: ConversationsStore;
	downloads: DownloadsStore;
	dropped: DroppedModels;
	firstRun: FirstRunStore;
	cures: CuresStore;
	doctor: DoctorStore;
	fit: FitStore;
	imports: ImportsStore;
	log: LogStore;
	memory: MemoryStore;
	models: ModelsStore;
	navigation: NavigationStore;
	notices: NoticesStore;
	readAhead: ReadAhead;
	search: SearchStore;
	server: ServerStore;
	settings: SettingsStore;
	sidebar: SidebarStore;
	snapshots: SnapshotsStore;
	telemetry: TelemetryStore;
	toasts: ToastsStore;
	unread: UnreadStore;
	tokens: TokenCounter;
}

export interface Stores extends ShellStores {
	chat: ChatStore;
}

export function createShellStores(backend: Backend, start?: Place): ShellStores {
	const navigation = new NavigationStore(start);
	const settings = new SettingsStore(backend);
	const server = new ServerStore(backend);
	const conversations = new ConversationsStore(backend);
	const downloads = new DownloadsStore(backend);
	const models = new ModelsStore(backend);
	const toasts = new ToastsStore();
	return {
		attachments: new AttachmentsStore(backend),
		context: new ContextUsageStore(backend),
		conversations,
		downloads,
		dropped: new DroppedModels(backend, toasts),
		firstRun: new FirstRunStore(backend, models, conversations, settings),
		cures: new CuresStore(backend, server, settings, navigation, downloads),
		doctor: new DoctorStore(backend),
		fit: new FitStore(backend),
		imports: new ImportsStore(backend),
		log: new LogStore(backend),
		memory: new MemoryStore(backend),
		models,
		navigation,
		notices: new NoticesStore(backend),
		readAhead: new ReadAhead(backend),
		search: new SearchStore(backend),
		server,
		settings,
		sidebar: new SidebarStore(settings, navigation),
		snapshots: new SnapshotsStore(backend),
		telemetry: new TelemetryStore(backend),
		toasts,
		unread: new UnreadStore(backend, navigation),
		tokens: new TokenCounter(backend)
	};
}

/** Set once by `App`; a component takes the stores it needs: `const { server } = getStores()`. */
export const [getStores, setStores] = createContext<Stores>();
