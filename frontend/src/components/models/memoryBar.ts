import type { MemoryParts } from '../../lib/backend/protocol';

export interface Segment {
	name: string;
	share: number;
	tone: 'weights' | 'kv' | 'overhead' | 'others' | 'danger';
}

/** A bar of a memory of so many bytes: what others have of it, then the parts. */
export function segmentsOf(parts: MemoryParts | null, others: number, total: number): Segment[] {
	function share(bytes: number): number {
		return total > 0 ? bytes / total : 0;
	}
	const has = parts ?? { weights: 0, kv_cache: 0, compute: 0, projector: 0, overhead: 0 };
	return [
		{ name: 'others', share: share(others), tone: 'others' },
		{ name: 'weights', share: share(has.weights + has.projector), tone: 'weights' },
		{ name: 'kv', share: share(has.kv_cache), tone: 'kv' },
		{ name: 'overhead', share: share(has.compute + has.overhead), tone: 'overhead' }
	];
}

export const FULL: Segment[] = [{ name: 'full', share: 1, tone: 'danger' }];

export function sumOf(parts: MemoryParts | null): number {
	return parts === null
		? 0
		: parts.weights + parts.projector + parts.kv_cache + parts.compute + parts.overhead;
}
