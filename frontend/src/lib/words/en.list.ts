/** Every sentence of what an answer is made of. */
export const markdown = {
	note: (number: number) => `Footnote ${number}`,
	backFrom: (number: number) => `Back from footnote ${number}`,
	notes: 'Footnotes',
	formula: 'Formula',
	quote: 'Quote',
	quoteHint: 'Quote into the message'
};

export const list = {};
