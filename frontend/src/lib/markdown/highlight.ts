/** Colours for code: each language is loaded when a block first needs it. */

import type { HLJSApi, LanguageFn } from 'highlight.js';
import core from 'highlight.js/lib/core';

import { sanitizeCode } from './sanitize';

/** Colouring takes about 0.8 ms per KB and blocks the page meanwhile. */
const LONGEST_CODE = 64_000;

type Loader = () => Promise<{ default: LanguageFn }>;

const LOADERS: Record<string, Loader> = {
	bash: () => import('highlight.js/lib/languages/bash'),
	c: () => import('highlight.js/lib/languages/c'),
	cpp: () => import('highlight.js/lib/languages/cpp'),
	csharp: () => import('highlight.js/lib/languages/csharp'),
	css: () => import('highlight.js/lib/languages/css'),
	diff: () => import('highlight.js/lib/languages/diff'),
	dockerfile: () => import('highlight.js/lib/languages/dockerfile'),
	go: () => import('highlight.js/lib/languages/go'),
	ini: () => import('highlight.js/lib/languages/ini'),
	java: () => import('highlight.js/lib/languages/java'),
	javascript: () => import('highlight.js/lib/languages/javascript'),
	json: () => import('highlight.js/lib/languages/json'),
	kotlin: () => import('highlight.js/lib/languages/kotlin'),
	latex: () => import('highlight.js/lib/languages/latex'),
	lua: () => import('highlight.js/lib/languages/lua'),
	makefile: () => import('highlight.js/lib/languages/makefile'),
	markdown: () => import('highlight.js/lib/languages/markdown'),
	php: () => import('highlight.js/lib/languages/php'),
	powershell: () => import('highlight.js/lib/languages/powershell'),
	python: () => import('highlight.js/lib/languages/python'),
	r: () => import('highlight.js/lib/languages/r'),
	ruby: () => import('highlight.js/lib/languages/ruby'),
	rust: () => import('highlight.js/lib/languages/rust'),
	scss: () => import('highlight.js/lib/languages/scss'),
	sql: () => import('highlight.js/lib/languages/sql'),
	swift: () => import('highlight.js/lib/languages/swift'),
	typescript: () => import('highlight.js/lib/languages/typescript'),
	xml: () => import('highlight.js/lib/languages/xml'),
	yaml: () => import('highlight.js/lib/languages/yaml')
};

/** What models call a language, where it is not its own name. */
const ALIASES: Record<string, string> = {
	'c#': 'csharp',
	'c++': 'cpp',
	cs: 'csharp',
	docker: 'dockerfile',
	golang: 'go',
	html: 'xml',
	js: 'javascript',
	jsonc: 'json',
	jsx: 'javascript',
	kt: 'kotlin',
	make: 'makefile',
	md: 'markdown',
	patch: 'diff',
	ps1: 'powershell',
	py: 'python',
	python3: 'python',
	rb: 'ruby',
	rs: 'rust',
	sh: 'bash',
	shell: 'bash',
	svelte: 'xml',
	svg: 'xml',
	tex: 'latex',
	toml: 'ini',
	ts: 'typescript',
	tsx: 'typescript',
	vue: 'xml',
	yml: 'yaml',
	zsh: 'bash'
};

const NAMES: Record<string, string> = {
	bash: 'Shell',
	c: 'C',
	cpp: 'C++',
	csharp: 'C#',
	css: 'CSS',
	html: 'HTML',
	ini: 'INI',
	javascript: 'JavaScript',
	json: 'JSON',
	latex: 'LaTeX',
	php: 'PHP',
	powershell: 'PowerShell',
	scss: 'SCSS',
	sql: 'SQL',
	svg: 'SVG',
	toml: 'TOML',
	typescript: 'TypeScript',
	xml: 'XML',
	yaml: 'YAML'
};

const hljs: HLJSApi = core;

function known(language: string): string | undefined {
	const name = Object.hasOwn(ALIASES, language) ? ALIASES[language] : language;
	return name !== undefined && Object.hasOwn(LOADERS, name) ? name : undefined;
}

/** The language as people write it; as the model wrote it where we do not know it. */
export function languageName(language: string): string {
	const name = Object.hasOwn(NAMES, language) ? language : (known(language) ?? language);
	if (Object.hasOwn(NAMES, name)) {
		return NAMES[name] ?? name;
	}
	return known(language) === undefined ? language : name.charAt(0).toUpperCase() + name.slice(1);
}

/** Coloured, sanitised HTML, or `null` where the text stays plain. */
export async function highlight(code: string, language: string): Promise<string | null> {
	const name = known(language);
	if (name === undefined || code.length > LONGEST_CODE) {
		return null;
	}
	if (hljs.getLanguage(name) === undefined) {
		const loader = LOADERS[name];
		if (loader === undefined) {
			return null;
		}
		hljs.registerLanguage(name, (await loader()).default);
	}
	return sanitizeCode(hljs.highlight(code, { language: name, ignoreIllegals: true }).value);
}
