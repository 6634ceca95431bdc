import { formatCount } from '../format';

/** `1 token`, `1,204 tokens` */
export function plural(count: number, one: string, many: string): string {
	return `${formatCount(count)} ${count === 1 ? one : many}`;
}
