import { fileURLToPath } from 'node:url';

import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

import { house, styleSheetParser } from './eslint.house.js';
import svelteConfig from './svelte.config.js';

/** What a tier may not import; the law of the page's imports. */
function forbid(...groups) {
	return {
		'no-restricted-imports': [
			'error',
			{ patterns: groups.map(([group, message]) => ({ group, message })) }
		]
	};
}

const views = [['**/views/**'], 'Views compose components, not the other way round.'];

export default ts.config(
	{ ignores: ['dist/'] },
	js.configs.recommended,
	...ts.configs.strict,
	...svelte.configs.recommended,
	{
		files: ['**/*.{js,ts,svelte}'],
		plugins: { house },
		languageOptions: { globals: { ...globals.browser } },
		linterOptions: { reportUnusedDisableDirectives: 'error' },
		rules: {
			eqeqeq: 'error',
			'no-console': 'error',
			'func-style': ['error', 'declaration', { allowTypeAnnotation: true }],
			'house/no-raw-colour': 'error',
			'@typescript-eslint/consistent-type-imports': 'error',
			'no-restricted-globals': [
				'error',
				{ name: 'fetch', message: 'Only lib/backend talks to the network.' },
				{ name: 'WebSocket', message: 'Only lib/backend talks to the network.' },
				{ name: 'EventSource', message: 'Only lib/backend talks to the network.' },
				{ name: 'localStorage', message: 'State is kept in Python.' }
			]
		}
	},
	{
		files: ['**/*.ts'],
		ignores: ['**/*.svelte.ts', '**/*.config.ts'],
		languageOptions: {
			parserOptions: {
				projectService: true,
				tsconfigRootDir: fileURLToPath(new URL('.', import.meta.url))
			}
		},
		rules: {
			'@typescript-eslint/no-floating-promises': 'error',
			'@typescript-eslint/return-await': ['error', 'always']
		}
	},
	{
		files: ['**/*.svelte', '**/*.svelte.ts'],
		languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
		rules: {
			'svelte/button-has-type': 'error',
			'svelte/no-at-html-tags': 'error',
			'svelte/no-unused-props': 'error',
			'svelte/prefer-class-directive': 'off',
			'svelte/require-each-key': 'error',
			// `let { … } = $props()` mixes bindables with constants.
			'prefer-const': 'off',
			'svelte/prefer-const': ['error', { excludedRunes: ['$props', '$derived', '$bindable'] }]
		}
	},
	{
		files: ['**/*.css'],
		plugins: { house },
		languageOptions: { parser: styleSheetParser },
		rules: { 'house/no-raw-colour': 'error' }
	},
	{ files: ['src/styles/tokens.css'], rules: { 'house/no-raw-colour': 'off' } },
	{
		files: ['*.js', '*.ts'],
		languageOptions: { globals: { ...globals.node } }
	},
	{
		files: ['src/components/ui/**'],
		ignores: ['**/*.test.ts'],
		rules: forbid([
			['**/lib/**', '**/views/**', '../*', '!./*'],
			'ui/ imports nothing of ours: words and data come in as props.'
		])
	},
	{
		files: ['src/components/layout/**'],
		rules: forbid(views, [
			['**/components/chat/**', '**/components/models/**', '../chat/**', '../models/**'],
			'Views compose.'
		])
	},
	{
		files: ['src/components/models/**'],
		rules: forbid(views, [
			['**/components/chat/**', '**/components/layout/**', '../chat/**', '../layout/**'],
			'Views compose.'
		])
	},
	{
		files: ['src/components/chat/**'],
		rules: forbid(views, [['**/components/models/**', '../models/**'], 'Views compose.'])
	},
	{
		files: ['src/lib/**'],
		ignores: ['**/*.test.ts'],
		rules: forbid(views, [['**/components/**'], 'lib/ knows no component.'])
	},
	{
		files: ['src/lib/backend/**'],
		rules: {
			'no-restricted-globals': [
				'error',
				{ name: 'localStorage', message: 'State is kept in Python.' }
			]
		}
	}
);
