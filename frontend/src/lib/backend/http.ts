import { words } from '../words/en';
import type { Backend, ConnectionState } from './backend';
import { BackendError } from './errors';
import { EventSocket } from './eventSocket';
import type { Commands, ErrorCode, Topics } from './protocol';

/** The envelope of every answer. */
type Answer =
	| { type: 'success'; value: unknown }
	| { type: 'failure'; code: ErrorCode; message: string; details: Record<string, unknown> };

/** What a page that is being closed still has to say. */
const OUTLIVES_PAGE: ReadonlySet<string> = new Set(['save_draft', 'update_conversation']);
/** Browsers let 64 KiB of such words outlive the page, and refuse more. */
const MOST_OUTLIVING_BYTES = 60 * 1024;

const UNAUTHORIZED = 401;
const FORBIDDEN = 403;

/** The app over HTTP: a POST for each question, one WebSocket for all news. */
export class HttpBackend implements Backend {
	#origin: string;
	#token: string | null;
	#socket: EventSocket;

	/** `origin` is where the app answers, `http://127.0.0.1:PORT`. */
	constructor(origin: string, token: string | null) {
		this.#origin = origin;
		this.#token = token;
		const url = origin.replace(/^http/, 'ws') + '/api/events';
		this.#socket = new EventSocket(url, ['ld.v1', `t.${token ?? ''}`], () => this.#isRefused());
		if (token === null) {
			this.#socket.refuse();
		} else {
			this.#socket.open();
		}
	}

	async invoke<C extends keyof Commands>(
		command: C,
		args: Commands[C]['args'],
		signal?: AbortSignal
	): Promise<Commands[C]['value']> {
		const response = await this.#post(command, args, signal);
		const answer = await readAnswer(response);
		if (answer.type === 'failure') {
			throw new BackendError(answer.code, answer.message, answer.details);
		}
		return answer.value as Commands[C]['value'];
	}

	listen<T extends keyof Topics>(topic: T, handler: (payload: Topics[T]) => void): () => void {
		return this.#socket.listen(topic, handler);
	}

	watchConnection(handler: (state: ConnectionState) => void): () => void {
		return this.#socket.watch(handler);
	}

	async #post(command: string, args: object, signal?: AbortSignal): Promise<Response> {
		const body = JSON.stringify(args);
		try {
			return await fetch(`${this.#origin}/api/invoke/${command}`, {
				method: 'POST',
				headers: {
					authorization: `Bearer ${this.#token ?? ''}`,
					'content-type': 'application/json'
				},
				body,
				keepalive: OUTLIVES_PAGE.has(command) && byteLength(body) < MOST_OUTLIVING_BYTES,
				signal: signal ?? null
			});
		} catch {
			if (signal?.aborted) {
				throw new BackendError('aborted', words.errors.aborted);
			}
			throw new BackendError('unreachable', words.errors.unreachable);
		}
	}

	/** A browser does not tell why a socket was not opened; a question with the same token does. */
	async #isRefused(): Promise<boolean> {
		try {
			const { status } = await this.#post('get_app_info', {});
			return status === UNAUTHORIZED || status === FORBIDDEN;
		} catch {
			return false;
		}
	}
}

function byteLength(text: string): number {
	return new TextEncoder().encode(text).length;
}

async function readAnswer(response: Response): Promise<Answer> {
	try {
		const answer: unknown = await response.json();
		if (isAnswer(answer)) {
			return answer;
		}
	} catch {
		// Not JSON: said below, like any other answer that is not in our words.
	}
	throw new BackendError('bad_answer', words.errors.badAnswer(response.status));
}

function isAnswer(value: unknown): value is Answer {
	return (
		typeof value === 'object' &&
		value !== null &&
		'type' in value &&
		(value.type === 'success' || value.type === 'failure')
	);
}
