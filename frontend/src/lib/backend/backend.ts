import type { Commands, Topics } from './protocol';

/**
 * How the page stands to the app: `lost` tries again by itself, `refused` cannot (the page has no
 * token, or that of an earlier launch).
 */
export type ConnectionState = 'connecting' | 'open' | 'lost' | 'refused';

/** The page's whole view of the Python side; the same in the window and in a browser tab. */
export interface Backend {
	/** Ask once, get one answer, or a `BackendError`. */
	invoke<C extends keyof Commands>(
		command: C,
		args: Commands[C]['args'],
		signal?: AbortSignal
	): Promise<Commands[C]['value']>;

	/**
	 * Hear a topic: its snapshot first, then every change; after a lost connection a snapshot again.
	 * Returns the function that stops listening.
	 */
	listen<T extends keyof Topics>(topic: T, handler: (payload: Topics[T]) => void): () => void;

	/** Hear how the connection stands: at once, then every change. Returns what stops it. */
	watchConnection(handler: (state: ConnectionState) => void): () => void;
}
