import type { ServerConfig, ServerConfigInput } from './backend/protocol';

/** How a model is loaded without being asked: as the last time if it was the last one. */
export function usualConfig(modelPath: string, last: ServerConfig | null): ServerConfigInput {
	return last?.model_path === modelPath ? last : { model_path: modelPath };
}
