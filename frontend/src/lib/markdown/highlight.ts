/** Colours for code: the colourer comes with the first block, each language with its own first. */

import type { HLJSApi } from 'highlight.js';

import { colourCalls } from './calls';
import { LANGUAGES } from './languages';
import { sanitizeCode } from './sanitize';

/** Colouring takes about 0.8 ms per KB and blocks the page meanwhile. */
const LONGEST_CODE = 64_000;

/** What models call a language, where it is not its own name. */
const ALIASES: Record<string, string> = {
	asm: 'x86asm',
	'c#': 'csharp',
	'c++': 'cpp',
	clj: 'clojure',
	console: 'bash',
	cs: 'csharp',
	cxx: 'cpp',
	docker: 'dockerfile',
	env: 'properties',
	ex: 'elixir',
	exs: 'elixir',
	'f#': 'fsharp',
	f90: 'fortran',
	fs: 'fsharp',
	golang: 'go',
	gql: 'graphql',
	h: 'c',
	hpp: 'cpp',
	hs: 'haskell',
	htm: 'xml',
	html: 'xml',
	jl: 'julia',
	js: 'javascript',
	json5: 'json',
	jsonc: 'json',
	jsonl: 'json',
	jsx: 'javascript',
	kt: 'kotlin',
	kts: 'kotlin',
	lisp: 'scheme',
	make: 'makefile',
	md: 'markdown',
	mjs: 'javascript',
	ml: 'ocaml',
	mm: 'objectivec',
	objc: 'objectivec',
	'objective-c': 'objectivec',
	patch: 'diff',
	pl: 'perl',
	proto: 'protobuf',
	ps1: 'powershell',
	pwsh: 'powershell',
	py: 'python',
	python3: 'python',
	rb: 'ruby',
	rs: 'rust',
	sass: 'scss',
	sh: 'bash',
	shell: 'bash',
	sv: 'verilog',
	svelte: 'xml',
	svg: 'xml',
	systemverilog: 'verilog',
	tex: 'latex',
	toml: 'ini',
	ts: 'typescript',
	tsx: 'typescript',
	vb: 'vbnet',
	vue: 'xml',
	wat: 'wasm',
	yml: 'yaml',
	zsh: 'bash',
	zshrc: 'bash'
};

const NAMES: Record<string, string> = {
	bash: 'Shell',
	c: 'C',
	cmake: 'CMake',
	cpp: 'C++',
	csharp: 'C#',
	css: 'CSS',
	fsharp: 'F#',
	graphql: 'GraphQL',
	html: 'HTML',
	http: 'HTTP',
	ini: 'INI',
	javascript: 'JavaScript',
	json: 'JSON',
	jsx: 'JSX',
	latex: 'LaTeX',
	less: 'Less',
	matlab: 'MATLAB',
	mermaid: 'Mermaid',
	nginx: 'nginx',
	objectivec: 'Objective-C',
	ocaml: 'OCaml',
	php: 'PHP',
	powershell: 'PowerShell',
	protobuf: 'Protocol Buffers',
	scss: 'SCSS',
	sql: 'SQL',
	svg: 'SVG',
	toml: 'TOML',
	tsx: 'TSX',
	typescript: 'TypeScript',
	vbnet: 'Visual Basic',
	vhdl: 'VHDL',
	wasm: 'WebAssembly',
	x86asm: 'Assembly',
	xml: 'XML',
	yaml: 'YAML'
};

async function loadColourer(): Promise<HLJSApi> {
	return (await import('highlight.js/lib/core')).default;
}

function known(language: string): string | undefined {
	const name = Object.hasOwn(ALIASES, language) ? ALIASES[language] : language;
	return name !== undefined && Object.hasOwn(LANGUAGES, name) ? name : undefined;
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
	const loader = LANGUAGES[name];
	if (loader === undefined) {
		return null;
	}
	const hljs = await loadColourer();
	if (hljs.getLanguage(name) === undefined) {
		hljs.registerLanguage(name, (await loader()).default);
	}
	const { value } = hljs.highlight(code, { language: name, ignoreIllegals: true });
	return sanitizeCode(colourCalls(value, name));
}
