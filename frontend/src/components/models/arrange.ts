import type { ModelFile, ModelRecord } from '../../lib/backend/protocol';

export type Kind = 'all' | 'chat' | 'vision' | 'embedding';
export type Order = 'used' | 'name' | 'size';

/** The models of one kind in the wanted order; favourites stand first in every order. */
export function arrange(
	models: readonly ModelFile[],
	kind: Kind,
	order: Order,
	recordOf: (path: string) => ModelRecord | null
): ModelFile[] {
	const kept =
		kind === 'all' ? [...models] : models.filter((one) => one.capabilities.includes(kind));
	function rank(model: ModelFile): number {
		return recordOf(model.path)?.is_favourite ? 0 : 1;
	}
	function used(model: ModelFile): number {
		return recordOf(model.path)?.used_at ?? 0;
	}
	return kept.sort((one, other) => {
		const first = rank(one) - rank(other);
		if (first !== 0) {
			return first;
		}
		switch (order) {
			case 'used':
				return used(other) - used(one);
			case 'size':
				return other.size_bytes - one.size_bytes;
			case 'name':
				return one.name.localeCompare(other.name);
			default:
				order satisfies never;
				return 0;
		}
	});
}
