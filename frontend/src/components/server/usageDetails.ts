import type { GpuSample, MetricsSample } from '../../lib/backend/protocol';
import {
	formatBytes,
	formatFigure,
	formatMemory,
	formatMemoryOf,
	formatShare
} from '../../lib/format';
import { words } from '../../lib/words/en';
import { gpusOf, type Usage } from './usage';

const text = words.serverPage.details;

/** What else was measured of a resource, in one line; empty: nothing. */
export function detailOf(id: Usage['id'], sample: MetricsSample): string {
	switch (id) {
		case 'gpu':
			return gpusOf(sample).map(describeGpu).join('; ');
		case 'vram':
			return gpusOf(sample)
				.map((gpu) => text.allPrograms(memoryInAll(gpu)))
				.join('; ');
		case 'cpu':
			return sample.cpu_cores === null ? '' : text.cores(formatFigure(sample.cpu_cores));
		case 'ram':
			return [
				sample.memory_kind === null ? '' : text.countedAs(sample.memory_kind),
				sample.disk_read_bytes_per_second === null
					? ''
					: text.disk(formatBytes(sample.disk_read_bytes_per_second)),
				text.allPrograms(
					formatMemoryOf(sample.machine_memory_used_bytes, sample.machine_memory_total_bytes)
				)
			]
				.filter((part) => part !== '')
				.join(', ');
		default:
			return id satisfies never;
	}
}

/** What a GPU tells besides its load: `61 °C, 123 W`. */
export function describeGpu(gpu: GpuSample): string {
	const parts = [
		gpu.name,
		formatShare(gpu.load_percent === null ? null : gpu.load_percent / 100),
		gpu.temperature_celsius === null ? '' : text.temperature(gpu.temperature_celsius),
		gpu.power_watts === null ? '' : text.power(gpu.power_watts),
		gpu.clock_megahertz === null ? '' : text.clock(gpu.clock_megahertz),
		gpu.fan_percent === null ? '' : text.fan(gpu.fan_percent),
		gpu.is_instance && gpu.temperature_celsius === null ? text.instance : ''
	];
	return parts.filter((part) => part !== '').join(', ');
}

function memoryInAll(gpu: GpuSample): string {
	return gpu.memory_total_bytes === null
		? formatMemory(gpu.memory_used_bytes)
		: formatMemoryOf(gpu.memory_used_bytes, gpu.memory_total_bytes);
}
