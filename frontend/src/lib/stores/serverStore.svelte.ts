import type { Backend } from '../backend/backend';
import { asBackendError, type BackendError } from '../backend/errors';
import type {
	Running,
	ServerConfig,
	ServerConfigInput,
	ServerFailure,
	ServerState
} from '../backend/protocol';

/** Why the model that was asked for is not there: the server failed, or the start was refused. */
export interface LoadProblem {
	modelPath: string;
	message: string;
	/** The server's end with its evidence and its cures; `null`: the app did not answer. */
	failure: ServerFailure | null;
}

/** Ends of a start that the state on the topic tells better than the answer. */
const TOLD_BY_STATE = new Set([
	'server_start_failed',
	'server_start_aborted',
	'engine_not_found',
	'model_unusable'
]);

/** Owns what the page knows about llama-server: its state, and a refused start. */
export class ServerStore {
	state = $state.raw<ServerState>({ type: 'stopped' });
	/** Whether the first state has arrived. */
	isKnown = $state(false);
	#refusal = $state.raw<{ modelPath: string; error: BackendError } | null>(null);
	#dismissed = $state.raw<LoadProblem | null>(null);

	running = $derived<Running | null>(this.state.type === 'running' ? this.state : null);
	/** The model that is loaded, being loaded, ejected, or that failed. */
	modelPath = $derived(this.state.type === 'stopped' ? null : this.state.config.model_path);
	/** What stands in the way, refused starts included. */
	problem = $derived.by(() => this.#findProblem());
	/** A load that may hang; it goes on all the same. */
	concern = $derived<ServerFailure | null>(
		this.state.type === 'starting' ? this.state.concern : null
	);
	/** The last crash: also the one after which the server came back by itself. */
	crash = $derived.by(() => findCrash(this.state));
	/** With what the model was loaded that is loaded, being loaded, or failed. */
	config = $derived<ServerConfig | null>(this.state.type === 'stopped' ? null : this.state.config);
	/** The same until it is dismissed; for notices. */
	openProblem = $derived(this.problem === this.#dismissed ? null : this.problem);

	#backend: Backend;

	constructor(backend: Backend) {
		this.#backend = backend;
		backend.listen('server_state', (state) => {
			this.state = state;
			this.isKnown = true;
			if (state.type === 'starting') {
				this.#refusal = null;
			}
		});
	}

	/** Asks for a model; how it goes is told by `state` and `problem`. Answers whether it is there. */
	/** A file was refused while another model runs on. */
	#isOfAnother(error: BackendError): boolean {
		return error.code === 'model_unusable' && this.state.type === 'running';
	}

	async start(config: ServerConfigInput): Promise<boolean> {
		this.#refusal = null;
		try {
			await this.#backend.invoke('start_llama_server', {
				config,
				// What somebody chose is not filled up from the settings.
				...(config.context_size !== undefined && { as_given: true })
			});
			return true;
		} catch (caught) {
			const error = asBackendError(caught);
			if (!TOLD_BY_STATE.has(error.code) || this.#isOfAnother(error)) {
				this.#refusal = { modelPath: config.model_path, error };
			}
			return false;
		}
	}

	/** Ejects the model, or cancels its loading. */
	async stop(): Promise<void> {
		this.#refusal = null;
		try {
			await this.#backend.invoke('stop_llama_server', {});
		} catch (caught) {
			this.#refusal = { modelPath: this.modelPath ?? '', error: asBackendError(caught) };
		}
	}

	/** Ends the server and loads the same model anew; how it goes is told as by `start`. */
	async restart(): Promise<void> {
		this.#refusal = null;
		try {
			await this.#backend.invoke('restart_llama_server', {});
		} catch (caught) {
			const error = asBackendError(caught);
			if (!TOLD_BY_STATE.has(error.code)) {
				this.#refusal = { modelPath: this.modelPath ?? '', error };
			}
		}
	}

	/** All that is known of the server as text, for whoever is asked for help; `null`: no answer. */
	async describe(): Promise<string | null> {
		try {
			return await this.#backend.invoke('get_server_report', {});
		} catch {
			return null;
		}
	}

	/** Shows the folder of the logs in the system's file manager. */
	async openLogFolder(): Promise<BackendError | null> {
		try {
			await this.#backend.invoke('open_log_folder', {});
			return null;
		} catch (caught) {
			return asBackendError(caught);
		}
	}

	/** Takes the notice away; the state stays as it is. */
	dismissProblem(): void {
		this.#dismissed = this.problem;
	}

	#findProblem(): LoadProblem | null {
		if (this.#refusal !== null) {
			const { modelPath, error } = this.#refusal;
			return { modelPath, message: error.message, failure: null };
		}
		if (this.state.type === 'failed') {
			const { config, failure } = this.state;
			return { modelPath: config.model_path, message: failure.message, failure };
		}
		return null;
	}
}

function findCrash(state: ServerState): ServerFailure | null {
	switch (state.type) {
		case 'failed':
			return state.failure.while_loading ? null : state.failure;
		case 'starting':
			return state.recovers_from;
		case 'running':
			return state.recovered_from;
		default:
			return null;
	}
}
