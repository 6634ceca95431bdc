import type { SettingsSection } from './sections';

/** The sections with only those settings in which every word that was written begins a word. */
export function findSettings(
	sections: readonly SettingsSection[],
	filter: string
): SettingsSection[] {
	const wanted = wordsOf(filter);
	return sections
		.map((section) => ({
			...section,
			settings: section.settings.filter(({ title, hint = '' }) => {
				const own = wordsOf(`${section.title} ${title} ${hint}`);
				return wanted.every((word) => own.some((one) => one.startsWith(word)));
			})
		}))
		.filter(({ settings }) => settings.length > 0);
}

function wordsOf(text: string): string[] {
	return text
		.normalize('NFKD')
		.replace(/\p{Mark}/gu, '')
		.toLowerCase()
		.split(/[^\p{Letter}\p{Number}]+/u)
		.filter((word) => word !== '');
}
