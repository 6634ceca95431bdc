import type { FailureCause, ServerConfig } from './backend/protocol';

/** Less than this is no conversation. */
const SMALLEST_CONTEXT = 2048;

/** What to try next after a load that failed. */
export type LoadCure =
	| { type: 'again'; config: ServerConfig }
	| { type: 'smaller_context'; config: ServerConfig; contextSize: number }
	| { type: 'without_gpu'; config: ServerConfig };

/** What is likely to help; where memory was short only what needs less than what was tried. */
export function findCure(cause: FailureCause | null, config: ServerConfig): LoadCure {
	const context = config.context_size ?? 0;
	if (cause === 'out_of_memory' && context > SMALLEST_CONTEXT) {
		const contextSize = Math.max(SMALLEST_CONTEXT, Math.floor(context / 2048) * 1024);
		return {
			type: 'smaller_context',
			contextSize,
			config: { ...config, context_size: contextSize }
		};
	}
	// The GPU's memory is the smaller one; layers that were asked for by number are on it.
	if (cause === 'out_of_memory' && (config.gpu_layers ?? 0) > 0) {
		return { type: 'without_gpu', config: { ...config, gpu_layers: 0 } };
	}
	return { type: 'again', config };
}
