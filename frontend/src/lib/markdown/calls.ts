/** Colours what is called: the colourer knows a function where it is defined, not where it is used. */

const CALLING = new Set([
	'c',
	'cpp',
	'csharp',
	'dart',
	'go',
	'java',
	'javascript',
	'julia',
	'kotlin',
	'lua',
	'php',
	'python',
	'r',
	'ruby',
	'rust',
	'scala',
	'swift',
	'typescript'
]);

const PIECE = /<span class="([^"]*)">|<\/span>|[^<]+/g;
const CALL = /(?<![\w&])([A-Za-z_]\w*)(?=\()/g;
/** A type where it is named, a function where it is called. */
const NAMED_TYPE =
	/<span class="hljs-built_in">((?:bool|bytes|dict|float|int|list|object|set|str|tuple)<\/span>)(?!\()/g;
/** Code like any other is in these, too. */
const TRANSPARENT = /^hljs-(?:params|function|class|subst)/;

/** `html` is the colourer's. */
export function colourCalls(html: string, language: string): string {
	if (!CALLING.has(language)) {
		return html;
	}
	const open: string[] = [];
	return html
		.replaceAll(NAMED_TYPE, '<span class="hljs-type">$1')
		.replaceAll(PIECE, (piece, classes: string | undefined) => {
			if (classes !== undefined) {
				open.push(classes);
			} else if (piece === '</span>') {
				open.pop();
			} else if (open.every((one) => TRANSPARENT.test(one))) {
				return piece.replaceAll(CALL, spanOf);
			}
			return piece;
		});
}

/** What begins like a class is one. */
function spanOf(name: string): string {
	const kind = /^[A-Z]+[a-z]/.test(name) ? 'class_' : 'function_';
	return `<span class="hljs-title ${kind}">${name}</span>`;
}
