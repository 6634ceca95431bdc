import type { Backend, ConnectionState } from './backend';
import { BackendError } from './errors';
import type { Commands, Topics } from './protocol';

type Command = keyof Commands;
type Topic = keyof Topics;
type Call = { [C in Command]: { command: C; args: Commands[C]['args'] } }[Command];
type Answerer<C extends Command> = (
	args: Commands[C]['args']
) => Commands[C]['value'] | Promise<Commands[C]['value']>;

/**
 * A backend for tests: what it was asked is in `calls`, what it answers is set with `answer`, and
 * `publish` sends news. A topic's last payload is its snapshot unless `setSnapshot` says otherwise.
 */
export class FakeBackend implements Backend {
	readonly calls: Call[] = [];
	#answerers = new Map<Command, (args: never) => unknown>();
	#snapshots = new Map<Topic, unknown>();
	#handlers = new Map<Topic, Set<(payload: never) => void>>();
	#watchers = new Set<(state: ConnectionState) => void>();
	#connection: ConnectionState = 'open';

	/** Sets what a command answers; an answerer that throws is a failure. */
	answer<C extends Command>(command: C, answerer: Answerer<C>): this {
		this.#answerers.set(command, answerer);
		return this;
	}

	setSnapshot<T extends Topic>(topic: T, payload: Topics[T]): this {
		this.#snapshots.set(topic, payload);
		return this;
	}

	/** Sends news to everybody who listens. */
	publish<T extends Topic>(topic: T, payload: Topics[T]): void {
		this.#snapshots.set(topic, payload);
		for (const handler of [...(this.#handlers.get(topic) ?? [])]) {
			handler(payload as never);
		}
	}

	/** Changes how the connection stands. */
	connect(state: ConnectionState): void {
		this.#connection = state;
		for (const watcher of [...this.#watchers]) {
			watcher(state);
		}
	}

	/** The arguments of every call of a command, oldest first. */
	callsOf<C extends Command>(command: C): Commands[C]['args'][] {
		return this.calls.filter((call) => call.command === command).map((call) => call.args);
	}

	isListening(topic: Topic): boolean {
		return (this.#handlers.get(topic)?.size ?? 0) > 0;
	}

	async invoke<C extends Command>(
		command: C,
		args: Commands[C]['args']
	): Promise<Commands[C]['value']> {
		this.calls.push({ command, args } as Call);
		const answerer = this.#answerers.get(command) as Answerer<C> | undefined;
		if (answerer === undefined) {
			throw new BackendError('unknown_command', `No answer is set for ${command}.`);
		}
		return await answerer(args);
	}

	listen<T extends Topic>(topic: T, handler: (payload: Topics[T]) => void): () => void {
		const handlers = this.#handlers.get(topic) ?? new Set();
		this.#handlers.set(topic, handlers);
		handlers.add(handler as (payload: never) => void);
		if (this.#snapshots.has(topic)) {
			handler(this.#snapshots.get(topic) as Topics[T]);
		}
		return () => {
			handlers.delete(handler as (payload: never) => void);
		};
	}

	watchConnection(handler: (state: ConnectionState) => void): () => void {
		this.#watchers.add(handler);
		handler(this.#connection);
		return () => this.#watchers.delete(handler);
	}
}
