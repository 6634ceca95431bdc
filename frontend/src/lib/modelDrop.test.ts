import { expect, test } from 'vitest';

import { sortDropped } from './modelDrop';

/** A drop of things by their names; a name with a slash at its end is a folder's. */
function dropOf(...names: string[]): DataTransfer {
	const items = names.map((name) => ({
		kind: 'file',
		getAsFile: () => new File([], name.replace(/\/$/, '')),
		webkitGetAsEntry: () => ({ isDirectory: name.endsWith('/') })
	}));
	return {
		items: [...items, { kind: 'string', getAsFile: () => null }]
	} as unknown as DataTransfer;
}

test('models and folders are for the library, all others to be attached', () => {
	const dropped = sortDropped(dropOf('Qwen3.GGUF', 'notes.md', 'models/', 'gguf.txt'));

	expect(dropped.models).toEqual(['Qwen3.GGUF', 'models']);
	expect(dropped.files.map((file) => file.name)).toEqual(['notes.md', 'gguf.txt']);
});

test('a drop that brings nothing is for nobody', () => {
	expect(sortDropped(null)).toEqual({ models: [], files: [] });
	expect(sortDropped(dropOf())).toEqual({ models: [], files: [] });
});
