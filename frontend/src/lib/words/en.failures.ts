import type { FailureAction } from '../backend/protocol';
import { formatBytes, formatContextSize, formatCount } from '../format';

/** A button, and what stands beside it where there is room. */
export interface ActionWords {
	label: string;
	title: string;
	detail: string;
}

/** What went wrong with the server, and what can be done about it. */
export const failures = {
	title: (headline: string) => `llama-server stopped: ${headline}`,
	stillLoading: (name: string) => `${name} is still being loaded`,
	ended: (how: string) => `It ended with ${how}.`,
	endedLoading: (how: string, name: string | null) =>
		`It ended with ${how} while loading${name === null ? '' : ` ${name}`}.`,
	tryLabel: 'What to try',
	openLog: 'Open log',
	copyReport: 'Copy report',
	tries: (time: string, attempt: number) =>
		attempt === 1 ? time : `${time}, ${ORDINALS[attempt] ?? `${formatCount(attempt)}th`} try`,
	restarted: 'The model was loaded again by itself.',
	loadingAgain: (seconds: number | null) =>
		seconds === null
			? 'The model is being loaded again.'
			: `The model is being loaded again; this takes about ${aboutSeconds(seconds)}.`,

	action: (action: FailureAction, modelName: string): ActionWords => {
		switch (action.type) {
			case 'load_again':
				return {
					label: 'Load again',
					title: 'Load it again as it was',
					detail: 'With the same settings; the engine takes another port by itself.'
				};
			case 'load_with_layers':
				return layers(action.gpu_layers, action.layers);
			case 'load_with_experts_in_ram':
				return experts(action.expert_layers_in_ram, action.layers);
			case 'load_with_context': {
				const size = formatContextSize(action.context_size);
				return {
					label: `Load with ${size} context`,
					title: 'Use a smaller context',
					detail:
						action.instead_of === null
							? `${formatCount(action.context_size)} tokens.`
							: `${formatCount(action.context_size)} instead of ${formatCount(action.instead_of)} tokens.`
				};
			}
			case 'load_without_vision':
				return {
					label: 'Load without vision',
					title: 'Leave the vision part out',
					detail: 'The model then cannot see images.'
				};
			case 'load_other':
				return {
					label: `Load ${action.name}`,
					title: 'Pick a smaller model',
					detail:
						action.needed_bytes === null
							? `${action.name} is ${formatBytes(action.size_bytes)}.`
							: `${action.name} needs ${formatBytes(action.needed_bytes)} and fits.`
				};
			case 'choose_model':
				return {
					label: 'Choose another model',
					title: 'Choose another model',
					detail: 'All models that are on this computer.'
				};
			case 'find_model':
				return {
					label: 'Download again',
					title: 'Get a good copy of the file',
					detail: `Look for ${action.query} on Hugging Face.`
				};
			case 'use_built_in_engine':
				return {
					label: 'Use the built-in engine',
					title: 'Use the engine that comes with the app',
					detail: `Loads ${modelName} with it this time; your choice of llama-server stays.`
				};
			case 'choose_engine':
				return {
					label: 'Choose another engine',
					title: 'Choose another llama-server',
					detail: 'One that was built for this computer and knows this model.'
				};
			case 'open_doctor':
				return {
					label: 'Look it over',
					title: 'Have everything looked over',
					detail: 'Engines, GPUs, folders, and other llama-servers on this computer.'
				};
			case 'cancel_loading':
				return {
					label: 'Cancel loading',
					title: 'Cancel loading',
					detail: 'Nothing is lost by it.'
				};
			default:
				return action satisfies never;
		}
	}
};

const ORDINALS: Record<number, string> = { 2: 'second', 3: 'third', 4: 'fourth', 5: 'fifth' };

function layers(gpuLayers: number, all: number | null): ActionWords {
	if (gpuLayers === 0) {
		return {
			label: 'Load without the GPU',
			title: 'Run it on the processor alone',
			detail: 'Slower, but it needs no GPU memory.'
		};
	}
	const share = all === null ? '' : ` of ${formatCount(all)}`;
	return {
		label: `Load with ${formatCount(gpuLayers)}${share} layers`,
		title: 'Put fewer layers on the GPU',
		detail: `${formatCount(gpuLayers)}${share} fit. The rest runs on the CPU, slower.`
	};
}

function experts(inRam: number, all: number): ActionWords {
	return {
		label: `Keep the experts of ${formatCount(inRam)} layers in RAM`,
		title: 'Keep experts in RAM',
		detail: `Of ${formatCount(inRam)} of ${formatCount(all)} layers. The rest of each layer fits on the GPU.`
	};
}

function aboutSeconds(seconds: number): string {
	const whole = Math.max(1, Math.round(seconds));
	return whole === 1 ? '1 second' : `${formatCount(whole)} seconds`;
}
