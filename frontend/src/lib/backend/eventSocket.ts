import type { ConnectionState } from './backend';
import type { Topics } from './protocol';

type Topic = keyof Topics;
type Handler = (payload: never) => void;
/** One piece of news on the wire: topic, sequence number (0 is the snapshot), payload. */
type News = [topic: string, sequence: number, payload: unknown];

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 5_000;

/** The one WebSocket `/api/events`: topics in, news out, opened again whenever it is lost. */
export class EventSocket {
	#url: string;
	#protocols: string[];
	#isRefused: () => Promise<boolean>;
	#socket: WebSocket | null = null;
	#delay = FIRST_DELAY_MS;
	#state: ConnectionState = 'connecting';
	#handlers = new Map<string, Set<Handler>>();
	#watchers = new Set<(state: ConnectionState) => void>();

	/** `isRefused` is asked when a connection fails: whether the app is there but turns us away. */
	constructor(url: string, protocols: string[], isRefused: () => Promise<boolean>) {
		this.#url = url;
		this.#protocols = protocols;
		this.#isRefused = isRefused;
	}

	open(): void {
		const socket = new WebSocket(this.#url, this.#protocols);
		this.#socket = socket;
		socket.onopen = () => {
			this.#delay = FIRST_DELAY_MS;
			this.#become('open');
			this.#send({ listen: [...this.#handlers.keys()] });
		};
		socket.onmessage = (event) => {
			this.#deliver(String(event.data));
		};
		socket.onclose = () => {
			this.#socket = null;
			void this.#comeBack();
		};
	}

	/** Used instead of `open` when there is no token to open with. */
	refuse(): void {
		this.#become('refused');
	}

	listen<T extends Topic>(topic: T, handler: (payload: Topics[T]) => void): () => void {
		const handlers = this.#handlers.get(topic) ?? new Set();
		const isFirst = handlers.size === 0;
		handlers.add(handler as Handler);
		this.#handlers.set(topic, handlers);
		if (!isFirst) {
			// The newcomer needs a snapshot too; the others take it like any other.
			this.#send({ unlisten: [topic] });
		}
		this.#send({ listen: [topic] });
		return () => {
			if (handlers.delete(handler as Handler) && handlers.size === 0) {
				this.#handlers.delete(topic);
				this.#send({ unlisten: [topic] });
			}
		};
	}

	watch(handler: (state: ConnectionState) => void): () => void {
		this.#watchers.add(handler);
		handler(this.#state);
		return () => this.#watchers.delete(handler);
	}

	#send(message: { listen: string[] } | { unlisten: string[] }): void {
		if (this.#socket?.readyState === WebSocket.OPEN) {
			this.#socket.send(JSON.stringify(message));
		}
	}

	#deliver(frame: string): void {
		for (const [topic, , payload] of JSON.parse(frame) as News[]) {
			for (const handler of [...(this.#handlers.get(topic) ?? [])]) {
				handler(payload as never);
			}
		}
	}

	async #comeBack(): Promise<void> {
		if (await this.#isRefused()) {
			this.#become('refused');
			return;
		}
		this.#become('lost');
		setTimeout(() => {
			this.open();
		}, this.#delay);
		this.#delay = Math.min(this.#delay * 2, LONGEST_DELAY_MS);
	}

	#become(state: ConnectionState): void {
		if (state === this.#state) {
			return;
		}
		this.#state = state;
		for (const watcher of [...this.#watchers]) {
			watcher(state);
		}
	}
}
