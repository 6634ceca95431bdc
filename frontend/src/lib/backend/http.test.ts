import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import type { ConnectionState } from './backend';
import { BackendError } from './errors';
import { HttpBackend } from './http';

/** A socket whose server is the test. */
class FakeSocket {
	static readonly OPEN = 1;
	static opened: FakeSocket[] = [];

	readyState = 0;
	readonly sent: unknown[] = [];
	onopen: (() => void) | null = null;
	onmessage: ((event: { data: string }) => void) | null = null;
	onclose: (() => void) | null = null;

	constructor(
		readonly url: string,
		readonly protocols: string[]
	) {
		FakeSocket.opened.push(this);
	}

	send(text: string): void {
		this.sent.push(JSON.parse(text));
	}

	accept(): void {
		this.readyState = FakeSocket.OPEN;
		this.onopen?.();
	}

	deliver(...news: [string, number, unknown][]): void {
		this.onmessage?.({ data: JSON.stringify(news) });
	}

	drop(): void {
		this.readyState = 3;
		this.onclose?.();
	}
}

interface Asked {
	url: string;
	init: RequestInit;
}

let asked: Asked[];
let respond: () => Promise<Response>;

function json(value: unknown, status = 200): () => Promise<Response> {
	return async () => await Promise.resolve(Response.json(value, { status }));
}

function newest(): FakeSocket {
	const socket = FakeSocket.opened.at(-1);
	if (socket === undefined) {
		throw new Error('No socket was opened.');
	}
	return socket;
}

beforeEach(() => {
	vi.useFakeTimers();
	FakeSocket.opened = [];
	asked = [];
	respond = json({ type: 'success', value: null });
	vi.stubGlobal('WebSocket', FakeSocket);
	vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
		asked.push({ url, init });
		return await respond();
	});
});

afterEach(() => {
	vi.useRealTimers();
	vi.unstubAllGlobals();
});

describe('invoke', () => {
	test('posts the arguments with the token and gives the value', async () => {
		respond = json({ type: 'success', value: { type: 'stopped' } });
		const backend = new HttpBackend('http://127.0.0.1:1', 'secret');

		expect(await backend.invoke('get_server_state', {})).toEqual({ type: 'stopped' });

		expect(asked[0]?.url).toBe('http://127.0.0.1:1/api/invoke/get_server_state');
		expect(asked[0]?.init).toMatchObject({
			method: 'POST',
			body: '{}',
			headers: { authorization: 'Bearer secret' }
		});
	});

	test('a failure is a BackendError with its code, message and details', async () => {
		const details = { folder: '/nope' };
		respond = json({ type: 'failure', code: 'folder_unusable', message: 'Gone.', details }, 422);
		const backend = new HttpBackend('http://127.0.0.1:1', 'secret');

		const error = await backend.invoke('add_model_folder', { path: '/nope' }).catch((e) => e);

		expect(error).toBeInstanceOf(BackendError);
		expect(error).toMatchObject({ code: 'folder_unusable', message: 'Gone.', details });
	});

	test('an app that does not answer is unreachable', async () => {
		respond = async () => await Promise.reject(new TypeError('Failed to fetch'));
		const backend = new HttpBackend('http://127.0.0.1:1', 'secret');

		await expect(backend.invoke('get_settings', {})).rejects.toMatchObject({ code: 'unreachable' });
	});

	test.each([
		['no JSON', async () => await Promise.resolve(new Response('<html>', { status: 502 }))],
		['other JSON', json({ hello: 1 })]
	])('%s is no answer', async (_, response) => {
		respond = response;
		const backend = new HttpBackend('http://127.0.0.1:1', 'secret');

		await expect(backend.invoke('get_settings', {})).rejects.toMatchObject({ code: 'bad_answer' });
	});

	test('a question that was taken back says so', async () => {
		const controller = new AbortController();
		respond = async () => {
			controller.abort();
			return await Promise.reject(new DOMException('aborted', 'AbortError'));
		};
		const backend = new HttpBackend('http://127.0.0.1:1', 'secret');

		const asking = backend.invoke('get_settings', {}, controller.signal);

		await expect(asking).rejects.toMatchObject({ code: 'aborted' });
	});
});

describe('listen', () => {
	test('opens one socket with the token and asks for the topics', () => {
		const backend = new HttpBackend('http://127.0.0.1:1', 'secret');
		backend.listen('models', () => undefined);
		backend.listen('settings', () => undefined);

		newest().accept();

		expect(FakeSocket.opened).toHaveLength(1);
		expect(newest().url).toBe('ws://127.0.0.1:1/api/events');
		expect(newest().protocols).toEqual(['ld.v1', 't.secret']);
		expect(newest().sent).toEqual([{ listen: ['models', 'settings'] }]);
	});

	test('hands each piece of news to those who listen to its topic', () => {
		const backend = new HttpBackend('http://127.0.0.1:1', 'secret');
		const heard: unknown[] = [];
		backend.listen('server_state', (state) => heard.push(state.type));
		newest().accept();

		newest().deliver(
			['server_state', 0, { type: 'stopped' }],
			['models', 0, {}],
			['server_state', 1, { type: 'starting' }]
		);

		expect(heard).toEqual(['stopped', 'starting']);
	});

	test('a second listener gets a snapshot of its own', () => {
		const backend = new HttpBackend('http://127.0.0.1:1', 'secret');
		newest().accept();
		backend.listen('models', () => undefined);

		backend.listen('models', () => undefined);

		expect(newest().sent).toEqual([
			{ listen: [] },
			{ listen: ['models'] },
			{ unlisten: ['models'] },
			{ listen: ['models'] }
		]);
	});

	test('the last one who stops ends the topic', () => {
		const backend = new HttpBackend('http://127.0.0.1:1', 'secret');
		newest().accept();
		const stop = backend.listen('metrics', () => undefined);

		stop();
		stop();

		expect(newest().sent.slice(1)).toEqual([{ listen: ['metrics'] }, { unlisten: ['metrics'] }]);
	});
});

describe('the connection', () => {
	test('comes back by itself, ever more slowly, and asks for its topics again', async () => {
		respond = async () => await Promise.reject(new TypeError('Failed to fetch'));
		const backend = new HttpBackend('http://127.0.0.1:1', 'secret');
		const states: ConnectionState[] = [];
		backend.watchConnection((state) => states.push(state));
		backend.listen('models', () => undefined);
		newest().accept();

		newest().drop();
		await vi.advanceTimersByTimeAsync(250);
		expect(FakeSocket.opened).toHaveLength(2);
		newest().drop();
		await vi.advanceTimersByTimeAsync(250);
		expect(FakeSocket.opened).toHaveLength(2);
		await vi.advanceTimersByTimeAsync(250);
		newest().accept();

		expect(newest().sent).toEqual([{ listen: ['models'] }]);
		expect(states).toEqual(['connecting', 'open', 'lost', 'open']);
	});

	test('does not come back to an app that turns the page away', async () => {
		respond = json({ type: 'failure', code: 'forbidden', message: 'No.', details: {} }, 403);
		const backend = new HttpBackend('http://127.0.0.1:1', 'stale');
		let state: ConnectionState = 'connecting';
		backend.watchConnection((to) => (state = to));

		newest().drop();
		await vi.advanceTimersByTimeAsync(60_000);

		expect(state).toBe('refused');
		expect(FakeSocket.opened).toHaveLength(1);
	});

	test('is refused at once without a token', () => {
		const backend = new HttpBackend('http://127.0.0.1:1', null);
		let state: ConnectionState = 'connecting';
		backend.watchConnection((to) => (state = to));

		expect(state).toBe('refused');
		expect(FakeSocket.opened).toHaveLength(0);
	});
});
