import type { Settings } from './backend/protocol';

/** What of the settings the style sheets answer to; `styles/appearance.css` says how. */
export type Appearance = Pick<
	Settings,
	| 'theme'
	| 'text_size'
	| 'reading_width'
	| 'reading_font'
	| 'interface_font'
	| 'code_font'
	| 'density'
	| 'motion'
	| 'glow'
>;

/** The text size at which one rem is 16 pixels. */
const USUAL_TEXT_SIZE = 15;
const KEY = 'appearance';

/** The attributes of the page's root; what is as it came has none. */
function attributesOf(settings: Appearance): Record<string, string | null> {
	return {
		'data-theme': settings.theme === 'system' ? null : settings.theme,
		'data-reading-width': settings.reading_width === 'comfortable' ? null : settings.reading_width,
		'data-reading-font': settings.reading_font === 'interface' ? null : settings.reading_font,
		'data-interface-font': settings.interface_font === 'inter' ? null : settings.interface_font,
		'data-code-font': settings.code_font === 'jetbrains_mono' ? null : settings.code_font,
		'data-density': settings.density === 'comfortable' ? null : settings.density,
		'data-motion': settings.motion === 'system' ? null : settings.motion,
		'data-glow': settings.glow ? null : 'off'
	};
}

/**
 * Shows what was chosen. The system's theme is the page's when nothing is set (tokens.css), so it
 * follows by itself. It is kept for the tab's next life, where theme.js reads it before the first
 * paint.
 */
export function applyAppearance(settings: Appearance): void {
	const root = document.documentElement;
	const attributes = attributesOf(settings);
	for (const [name, value] of Object.entries(attributes)) {
		if (value === null) {
			root.removeAttribute(name);
		} else {
			root.setAttribute(name, value);
		}
	}
	const fontSize =
		settings.text_size === USUAL_TEXT_SIZE
			? ''
			: `${((settings.text_size / USUAL_TEXT_SIZE) * 100).toFixed(3)}%`;
	root.style.fontSize = fontSize;
	try {
		sessionStorage.setItem(KEY, JSON.stringify({ attributes, fontSize }));
	} catch {
		// No storage: the next life starts as the app came until the settings arrive.
	}
}
