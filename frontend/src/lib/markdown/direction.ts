const LETTER = /\p{L}/u;
const FROM_THE_RIGHT =
	/[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Nko}\p{Script=Syriac}\p{Script=Thaana}]/u;

/** Which way a text of several blocks runs: as its first letter does. */
export function directionOf(source: string): 'ltr' | 'rtl' {
	return FROM_THE_RIGHT.test(LETTER.exec(source)?.[0] ?? '') ? 'rtl' : 'ltr';
}
