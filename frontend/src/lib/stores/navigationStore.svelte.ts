import type { Place } from '../place';

export type View = Place['view'];
export type DialogName = 'palette' | 'what_happened' | 'shortcuts' | 'doctor';

/** A message that is gone to, and where the person came from. */
export interface MessageTarget {
	conversationId: string;
	messageId: number;
	/** `null`: they are back already. */
	from: { view: View; conversationId: string | null; messageId: number | null } | null;
}

/** Owns what is on screen: which view, which conversation, and what lies over them. */
export class NavigationStore {
	view = $state<View>('chat');
	/** `null`: a new chat that is kept with its first message. */
	conversationId = $state<string | null>(null);
	/** Which section of the settings was seen last. */
	section = $state('general');
	/** The setting that was asked for by its name: it is brought into view and gets the focus. */
	wantedSetting = $state<string | null>(null);
	/** The sidebar as a drawer over a narrow window. */
	isDrawerOpen = $state(false);
	isModelSelectorOpen = $state(false);
	/** The settings of the open chat, over its right edge. */
	isChatSettingsOpen = $state(false);
	/** The dialog that asks for the open chat's name. */
	isChatRenameOpen = $state(false);
	/** The dialog that lies over everything. */
	dialog = $state<DialogName | null>(null);
	/** The message that was gone to last; until another chat is opened. */
	target = $state.raw<MessageTarget | null>(null);
	/** Counts up whenever the composer is to take the focus. */
	composerFocusRequests = $state(0);

	/** `start`: where the page was before it was reloaded. */
	constructor(start: Place = { view: 'chat', conversationId: null }) {
		this.view = start.view;
		this.conversationId = start.conversationId;
		this.section = start.section ?? this.section;
	}

	/** Opens a chat, `null` a new one. Moving through the list by keys leaves the focus there. */
	openChat(conversationId: string | null, options: { focusComposer?: boolean } = {}): void {
		this.view = 'chat';
		this.conversationId = conversationId;
		this.target = null;
		if (options.focusComposer ?? true) {
			this.isDrawerOpen = false;
			this.requestComposerFocus();
		}
	}

	/**
	 * Opens a chat at one of its messages, in whichever branch it is. `goBack` leads back here, to
	 * the message that the person was at if it is given.
	 */
	openMessage(
		conversationId: string,
		messageId: number,
		fromMessageId: number | null = null
	): void {
		const from = {
			view: this.view,
			conversationId: this.conversationId,
			messageId: fromMessageId
		};
		this.openChat(conversationId, { focusComposer: false });
		this.isDrawerOpen = false;
		this.target = { conversationId, messageId, from };
	}

	/** Back to where the person was before `openMessage`. */
	goBack(): void {
		const from = this.target?.from ?? null;
		if (from === null) {
			return;
		}
		const { view, conversationId, messageId } = from;
		if (conversationId !== null && messageId !== null) {
			this.openChat(conversationId, { focusComposer: false });
			this.target = { conversationId, messageId, from: null };
		} else {
			this.openChat(conversationId);
			this.show(view);
		}
	}

	/** Shows another view; the chat stays where it is. */
	show(view: View): void {
		this.view = view;
		this.isDrawerOpen = false;
		if (view === 'chat') {
			this.requestComposerFocus();
		}
	}

	/** Shows a section of the settings, the last one where none is named. */
	openSettings(section: string = this.section, setting: string | null = null): void {
		this.section = section;
		this.wantedSetting = setting;
		this.show('settings');
	}

	openModelSelector(): void {
		this.view = 'chat';
		this.isDrawerOpen = false;
		this.isModelSelectorOpen = true;
	}

	requestComposerFocus(): void {
		this.composerFocusRequests += 1;
	}
}
