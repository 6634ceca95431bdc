// Rules of this house that no plugin has.

const RAW_COLOUR = /#[0-9a-f]{3,8}\b(?![-\w])|\b(?:rgba?|hsla?|oklch|oklab|lab|lch|hwb)\(/gi;
const STYLE = /<style[^>]*>([\s\S]*?)<\/style>/g;

/** The style sheets of a file: the whole of a `.css`, the `<style>` of a component. */
function styleSheets(filename, text) {
	if (filename.endsWith('.css')) {
		return [{ text, offset: 0 }];
	}
	return [...text.matchAll(STYLE)].map((match) => ({
		text: match[1],
		offset: match.index + match[0].indexOf(match[1])
	}));
}

const noRawColour = {
	meta: {
		type: 'problem',
		schema: [],
		messages: { raw: 'Colours live in tokens.css; use a token instead of "{{colour}}".' }
	},
	create(context) {
		const { sourceCode, filename } = context;
		function check() {
			for (const sheet of styleSheets(filename, sourceCode.text)) {
				const text = sheet.text.replace(/\/\*[\s\S]*?\*\//g, (comment) =>
					' '.repeat(comment.length)
				);
				for (const match of text.matchAll(RAW_COLOUR)) {
					const start = sheet.offset + match.index;
					context.report({
						loc: {
							start: sourceCode.getLocFromIndex(start),
							end: sourceCode.getLocFromIndex(start + match[0].length)
						},
						messageId: 'raw',
						data: { colour: match[0] }
					});
				}
			}
		}
		return { 'Program:exit': check };
	}
};

export const house = { meta: { name: 'house' }, rules: { 'no-raw-colour': noRawColour } };

/** Gives ESLint a style sheet as a program without statements, for rules that read the text. */
export const styleSheetParser = {
	meta: { name: 'style-sheet' },
	parseForESLint(text) {
		const lines = text.split('\n');
		const end = { line: lines.length, column: lines.at(-1).length };
		return {
			ast: {
				type: 'Program',
				body: [],
				tokens: [],
				comments: [],
				sourceType: 'module',
				range: [0, text.length],
				loc: { start: { line: 1, column: 0 }, end }
			},
			visitorKeys: { Program: [] }
		};
	}
};
