import type { LoadStage, ServerConfig } from '../../lib/backend/protocol';
import { familyOf } from '../../lib/modelFamily';
import type { ModelsStore } from '../../lib/stores/modelsStore.svelte';
import type { ServerStore } from '../../lib/stores/serverStore.svelte';

/** The model that a header names. */
export interface ShownModel {
	path: string;
	name: string;
	/** What its glyph is woven from. */
	family: string;
	quantization: string | null;
	state: 'stopped' | 'starting' | 'running' | 'stopping' | 'failed' | 'crashed' | 'working';
	dot: 'off' | 'work' | 'ok' | 'bad';
	/** What is done while it loads, and 0 to 1 of that, as far as the engine tells. */
	stage: LoadStage | null;
	progress: number | null;
}

/**
 * The model in the server, else the one that was refused, else the last one, which is offered again.
 * `null`: there is none yet.
 */
export function shownModel(
	server: Pick<ServerStore, 'state' | 'problem' | 'modelPath'>,
	models: Pick<ModelsStore, 'find' | 'nameOf'>,
	lastConfig: ServerConfig | null,
	isWorking: boolean
): ShownModel | null {
	const path = server.modelPath ?? server.problem?.modelPath ?? lastConfig?.model_path;
	if (!path) {
		return null;
	}
	const name = models.nameOf(path);
	const quantization = models.find(path)?.quantization ?? null;
	const loading = server.state.type === 'starting' ? server.state : null;
	const state = stateOf(server, isWorking);
	return {
		path,
		name,
		family: familyOf(name),
		quantization,
		state,
		dot: DOTS[state],
		stage: loading?.stage ?? null,
		progress: loading?.progress ?? null
	};
}

const DOTS: Record<ShownModel['state'], ShownModel['dot']> = {
	stopped: 'off',
	starting: 'work',
	running: 'ok',
	working: 'work',
	stopping: 'work',
	failed: 'bad',
	crashed: 'bad'
};

function stateOf(
	server: Pick<ServerStore, 'state' | 'problem'>,
	isWorking: boolean
): ShownModel['state'] {
	const { state, problem } = server;
	if (state.type === 'failed') {
		return state.failure.while_loading ? 'failed' : 'crashed';
	}
	if (state.type === 'stopped' && problem !== null) {
		return 'failed';
	}
	return state.type === 'running' && isWorking ? 'working' : state.type;
}
