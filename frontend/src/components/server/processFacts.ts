import type { LoadedModel, MetricsSample, ModelFile, Running } from '../../lib/backend/protocol';
import { formatCount, formatSpan, NOT_AVAILABLE } from '../../lib/format';
import { words } from '../../lib/words/en';
import { describeGpu } from './usageDetails';
import { gpusOf } from './usage';

/** One line of what is known of the process. */
export interface Fact {
	name: string;
	value: string;
	/** What belongs to it and matters less. */
	aside?: string;
	/** A name that the machine gives. */
	isMono?: boolean;
}

const text = words.serverPage.facts;

/** What is known of the process that runs; what the engine does not tell is said to be so. */
export function processFacts(
	running: Running,
	{ sample, listed, now }: { sample: MetricsSample | null; listed: ModelFile | null; now: number }
): Fact[] {
	const { engine, model } = running;
	const version =
		engine.kind === 'embedded' ? text.builtIn(engine.version) : engine.version || NOT_AVAILABLE;
	return [
		{ name: text.process, value: String(running.pid), isMono: true },
		{ name: text.address, value: running.base_url.replace('http://', ''), isMono: true },
		{ name: text.engine, value: version },
		{ name: text.model, value: listed?.name ?? model.name, aside: listed?.quantization ?? '' },
		{ name: text.context, value: formatCount(model.context_size) },
		gpuPart(model),
		{ name: text.threads, value: countOf(model.threads, sample?.machine_threads ?? null) },
		...gpuFacts(sample),
		{ name: text.uptime, value: formatSpan(now - running.since) }
	];
}

/** In layers; engines that tell none tell how much of the weights is there. */
function gpuPart(model: LoadedModel): Fact {
	const { layers_on_gpu: onGpu, layers, memory, gpu_memory: gpuMemory } = model;
	return onGpu === null && memory !== null && gpuMemory !== null
		? { name: text.gpuWeights, value: text.share(gpuMemory.weights, memory.weights) }
		: { name: text.gpuLayers, value: countOf(onGpu, layers) };
}

function gpuFacts(sample: MetricsSample | null): Fact[] {
	const gpus = sample === null ? [] : gpusOf(sample);
	return gpus.map((gpu) => ({ name: text.gpu, value: describeGpu(gpu) }));
}

function countOf(count: number | null, all: number | null): string {
	if (count === null) {
		return NOT_AVAILABLE;
	}
	return all === null ? formatCount(count) : text.countOf(count, all);
}
