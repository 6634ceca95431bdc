import type { Theme } from './backend/protocol';

const KEY = 'theme';

/**
 * Shows a theme. The system's is the page's when nothing is set (tokens.css), so it follows by
 * itself. The choice is kept for the tab's next life, where theme.js reads it before the first paint.
 */
export function applyTheme(theme: Theme): void {
	const root = document.documentElement;
	if (theme === 'system') {
		delete root.dataset['theme'];
	} else {
		root.dataset['theme'] = theme;
	}
	try {
		sessionStorage.setItem(KEY, theme);
	} catch {
		// No storage: the next life starts with the system's theme until the settings arrive.
	}
}
