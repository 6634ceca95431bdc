/** How far back a word that is still being written can begin. */
const LONGEST_WORD = 40;
/** The rest of a word: no blank, and no sign of a script that is written without blanks. */
const UNFINISHED_WORD = /[^\s\u3000-\u9fff\uac00-\ud7af\uff00-\uffef]*$/;

/** The text up to its last whole word, so that words do not grow letter by letter. */
export function wholeWords(text: string): string {
	const tail = text.slice(-LONGEST_WORD);
	const rest = UNFINISHED_WORD.exec(tail)?.[0].length ?? 0;
	// The blank before a word belongs to it: else the caret would stand apart from the text.
	return rest === tail.length ? text : text.slice(0, text.length - rest).replace(/[ \t]+$/, '');
}
