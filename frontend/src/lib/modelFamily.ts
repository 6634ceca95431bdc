/** The first word of a model's name without its digits: `Qwen3 8B` and `Qwen2.5 VL` are of one family. */
export function familyOf(name: string): string {
	return /^[^\s\d._-]+/.exec(name)?.[0] ?? name;
}
