/** Where the person is in the app, as the fragment of the page's address: a reload goes back there. */
export interface Place {
	view: 'chat' | 'models';
	conversationId: string | null;
}

/** Reads `#/models`, `#/chat` and `#/chat/ID`; whatever else is a new chat. */
export function readPlace(hash: string): Place {
	const [, view, id] = hash.split('/');
	if (view === 'models') {
		return { view, conversationId: id ? decodeURIComponent(id) : null };
	}
	return { view: 'chat', conversationId: view === 'chat' && id ? decodeURIComponent(id) : null };
}

export function writePlace({ view, conversationId }: Place): string {
	return conversationId === null ? `#/${view}` : `#/${view}/${encodeURIComponent(conversationId)}`;
}
