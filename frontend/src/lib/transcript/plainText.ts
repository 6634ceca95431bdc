/** Markdown without its signs, as it is read: for a clipboard of plain text, and for finding. */

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const BLOCK_SIGNS = /^(?: {0,3}>[ \t]?)*[ \t]*(?:#{1,6}[ \t]+|\[[ xX]\][ \t]+)?/;
const RULE =
	/^ {0,3}(?:([-*_])[ \t]*)(?:\1[ \t]*){2,}$|^ {0,3}\|?(?:[ \t]*:?-+:?[ \t]*\|)+[ \t:|-]*$/;

/** Line by line, so that it takes time in proportion to the text, whatever is in it. */
export function plainText(markdown: string): string {
	const lines: string[] = [];
	let fence: string | null = null;
	for (const line of markdown.split('\n')) {
		const mark: string | undefined = FENCE.exec(line)?.[1];
		if (fence !== null) {
			if (mark?.startsWith(fence) === true) {
				fence = null;
			} else {
				lines.push(line);
			}
		} else if (mark !== undefined) {
			fence = mark;
		} else if (!RULE.test(line)) {
			lines.push(withoutSigns(line));
		}
	}
	return lines.join('\n').trim();
}

/** No prose: its signs stay. */
const LONGEST_LINE = 20_000;

function withoutSigns(line: string): string {
	if (line.length > LONGEST_LINE) {
		return line;
	}
	const text = line.replace(BLOCK_SIGNS, '');
	const cells = text.startsWith('|')
		? text.replace(/^\||\|[ \t]*$/g, '').replace(/ *\| */g, '\t')
		: text;
	return cells
		.replace(/!?\[([^\][]{0,500})\]\([^()\s]{0,2000}(?:[ \t]+"[^"]{0,500}")?\)/g, '$1')
		.replace(/(`{1,3})([^`]+)\1/g, '$2')
		.replace(/(?<!\\)(\*{1,3}|~~)(?=\S)([^*~]{1,2000}?)(?<=[^\s\\])\1/g, '$2')
		.replace(
			/(?<![\p{L}\p{N}\\])(_{1,3})(?=\S)([^_]{1,2000}?)(?<=[^\s\\])\1(?![\p{L}\p{N}])/gu,
			'$2'
		)
		.replace(/\\([!-/:-@[-`{-~])/g, '$1')
		.trim();
}
