import type { IconName } from './icons';

export interface MenuItem {
	id: string;
	label: string;
	icon?: IconName;
	/** The keys that do the same. */
	keys?: string;
	/** Cannot be undone, or looks like it. */
	isDanger?: boolean;
	isDisabled?: boolean;
	/** A line above it. */
	startsGroup?: boolean;
	onselect: () => void;
}
