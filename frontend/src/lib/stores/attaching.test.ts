import { beforeEach, describe, expect, it } from 'vitest';

import { BackendError } from '../backend/errors';
import { FakeBackend } from '../backend/fake';
import { Attaching, isLongText } from './attaching.svelte';
import { AttachmentsStore } from './attachmentsStore.svelte';
import { Drafts } from './drafts.svelte';

const blind = { hasVision: false, modelName: 'Qwen3 8B' };

describe('Attaching', () => {
	let backend: FakeBackend;
	let drafts: Drafts;
	let attaching: Attaching;

	beforeEach(() => {
		let count = 0;
		backend = new FakeBackend()
			.answer('get_drafts', () => [])
			.answer('save_draft', () => null)
			.answer('add_attachment', ({ name, data }) => ({
				id: `f${++count}`,
				name,
				kind: 'text',
				media_type: 'text/plain',
				size_bytes: data.length,
				token_count: 3,
				width: null,
				height: null
			}));
		drafts = new Drafts(backend);
		attaching = new Attaching(new AttachmentsStore(backend), drafts);
	});

	function names(): string[] {
		return drafts.of('a').attachments.map(({ name }) => name);
	}

	it('takes texts into the draft of their chat, in order and as base64', async () => {
		const files = [new File(['one'], 'one.txt'), new File(['two'], 'two.py')];
		const adding = attaching.addFiles('a', files, blind);
		expect(attaching.isBusy('a')).toBe(true);
		expect(attaching.isBusy('b')).toBe(false);
		await adding;
		expect(names()).toEqual(['one.txt', 'two.py']);
		expect(backend.callsOf('add_attachment')[0]).toMatchObject({ name: 'one.txt', data: 'b25l' });
		expect(attaching.isBusy('a')).toBe(false);
	});

	it('takes the others when one is refused, and says why', async () => {
		const add = backend.callsOf('add_attachment');
		expect(add).toEqual([]);
		backend.answer('add_attachment', ({ name }) => {
			throw new BackendError('attachment_unusable', `${name} is no text.`);
		});
		await attaching.addFiles('a', [new File(['\0'], 'a.exe')], blind);
		expect(attaching.problems).toEqual(['a.exe is no text.']);
		expect(names()).toEqual([]);
	});

	it('turns images away where no model can see them, and reads an SVG as text', async () => {
		const image = new File(['x'], 'a.png', { type: 'image/png' });
		const drawing = new File(['<svg/>'], 'a.svg', { type: 'image/svg+xml' });
		await attaching.addFiles('a', [image, drawing], blind);
		expect(attaching.problems[0]).toContain('Qwen3 8B cannot see images.');
		expect(names()).toEqual(['a.svg']);
	});

	it('does not read a text that is too large', async () => {
		await attaching.addFiles('a', [new File(['x'.repeat(1_048_577)], 'huge.log')], blind);
		expect(backend.callsOf('add_attachment')).toEqual([]);
		expect(attaching.problems[0]).toContain('huge.log is 1.0');
	});

	it('makes pasted text a file that can become text again', async () => {
		await attaching.addText('a', 'long text');
		await attaching.addText('a', 'other text');
		expect(names()).toEqual(['Pasted text.txt', 'Pasted text 2.txt']);
		expect(attaching.takeBackPasted()).toBe('other text');
		expect(names()).toEqual(['Pasted text.txt']);
		expect(attaching.pasted).toBeNull();
	});

	it('leaves the page to ask where there is no native dialog', async () => {
		backend.answer('pick_attachments', () => {
			throw new BackendError('no_window', 'There is no window.');
		});
		expect(await attaching.pick('a')).toBe(false);
		expect(attaching.problems).toEqual([]);
	});
});

describe('isLongText', () => {
	it('is by characters or by lines', () => {
		expect(isLongText('x'.repeat(4000))).toBe(false);
		expect(isLongText('x'.repeat(4001))).toBe(true);
		expect(isLongText('\n'.repeat(59))).toBe(false);
		expect(isLongText('\n'.repeat(60))).toBe(true);
	});
});
