import { asBackendError } from '../../lib/backend/errors';
import { getStores } from '../../lib/stores/context';
import type { SettingsStore } from '../../lib/stores/settingsStore.svelte';
import { settingsWords as words } from '../../lib/words/en.settings';

type Change = Parameters<SettingsStore['update']>[0];

/** Changes settings; what was refused is said. Called while a component is made. */
export function createChanging(): (change: Change) => Promise<void> {
	const { settings, toasts } = getStores();
	return async (change) => {
		try {
			await settings.update(change);
		} catch (caught) {
			toasts.show(words.notKept(asBackendError(caught).message), { kind: 'failed' });
		}
	};
}

/** A table of words as the options of a control. */
export function optionsOf<Value extends string>(
	labels: Record<Value, string>
): { value: Value; label: string }[] {
	return (Object.keys(labels) as Value[]).map((value) => ({ value, label: labels[value] }));
}
