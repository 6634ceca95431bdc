/** Where the person is in the app, as the fragment of the page's address: a reload goes back there. */
export interface Place {
	view: 'chat' | 'models' | 'search' | 'server' | 'settings';
	conversationId: string | null;
	/** Of the settings; what is no section of theirs is the first one. */
	section?: string;
}

/**
 * Reads `#/models`, `#/search`, `#/server`,
 * `#/settings/SECTION`, `#/chat` and `#/chat/ID`; whatever else is a new chat.
 */
export function readPlace(hash: string): Place {
	const [, view, ...rest] = hash.split('/');
	if (view === 'settings') {
		const [section, id] = rest;
		return { view, conversationId: readPart(id), ...(section && { section }) };
	}
	const [id] = rest;
	if (view === 'models' || view === 'search' || view === 'server') {
		return { view, conversationId: readPart(id) };
	}
	return { view: 'chat', conversationId: view === 'chat' ? readPart(id) : null };
}

export function writePlace({ view, conversationId, section = 'general' }: Place): string {
	const parts = [view, ...(view === 'settings' ? [section] : []), conversationId ?? ''];
	return `#/${parts
		.filter((part) => part !== '')
		.map(encodeURIComponent)
		.join('/')}`;
}

function readPart(part: string | undefined): string | null {
	return part ? decodeURIComponent(part) : null;
}
