import { fakeConfig, fakeParameters, fakeSettings } from '../lib/backend/fakeValues';
import type {
	ConversationSummary,
	Failed,
	MetricsSample,
	ModelFile,
	Running,
	ServerConfig,
	Settings,
	Starting
} from '../lib/backend/protocol';

const NOW = Date.now() / 1000;

export function aModel(change: Partial<ModelFile> = {}): ModelFile {
	return {
		path: '/models/Qwen3-8B-Q4_K_M.gguf',
		name: 'Qwen3 8B',
		quantization: 'Q4_K_M',
		size_bytes: 5_000_000_000,
		part_count: 1,
		missing_parts: [],
		problem: null,
		mmproj_path: null,
		mmproj_bytes: 0,
		title: 'Qwen3 8B',
		publisher: 'Qwen',
		architecture: 'qwen3',
		parameters: 8_190_000_000,
		active_parameters: null,
		context_length: 40_960,
		layer_count: 36,
		vocabulary_size: 151_936,
		license: 'apache-2.0',
		base_model: null,
		capabilities: ['chat', 'tools', 'thinking'],
		has_chat_template: true,
		other_paths: [],
		...change
	};
}

export function aConfig(change: Partial<ServerConfig> = {}): ServerConfig {
	return {
		...fakeConfig,
		model_path: '/models/Qwen3-8B-Q4_K_M.gguf',
		context_size: null,
		...change
	};
}

export function starting(change: Partial<Starting> = {}): Starting {
	return {
		type: 'starting',
		config: aConfig(),
		since: NOW,
		pid: 1,
		stage: null,
		progress: null,
		silent_seconds: null,
		concern: null,
		recovers_from: null,
		last_load_seconds: null,
		steps: { began: NOW, process_seconds: null, loading_seconds: null },
		...change
	};
}

export function running(change: Partial<Running> = {}): Running {
	const config = aConfig();
	return {
		type: 'running',
		config,
		pid: 1,
		base_url: 'http://127.0.0.1:1',
		engine: { kind: 'embedded', path: '/app', version: 'b1', source: 'the app itself' },
		model: {
			name: 'Qwen3 8B',
			path: config.model_path,
			context_size: 16_384,
			slots: 1,
			has_vision: false,
			can_think: null,
			defaults: fakeParameters,
			layers_on_gpu: null,
			layers: null,
			threads: 7,
			has_shared_context: true,
			memory: null,
			gpu_memory: null
		},
		since: NOW,
		load_seconds: 1,
		recovered_from: null,
		steps: { began: NOW, process_seconds: 0.4, loading_seconds: 1.9 },
		...change
	};
}

export function failed(change: Partial<Failed['failure']> = {}): Failed {
	return {
		type: 'failed',
		config: aConfig(),
		steps: { began: NOW, process_seconds: 0.4, loading_seconds: 2.3 },
		failure: {
			cause: 'memory_out',
			headline: 'out of memory',
			actions: [{ type: 'load_again' }],
			attempt: 1,
			command: ['/app/llama-server', '-m', '/models/Qwen3-8B-Q4_K_M.gguf'],
			engine_path: '/app/llama-server',
			engine_version: 'b1',
			message: 'There is not enough memory for this model.',
			exit_code: 1,
			exit_words: 'exit code 1',
			log_tail: ['failed to allocate buffer'],
			while_loading: true,
			time: NOW,
			...change
		}
	};
}

export function aConversation(id: string, change: Partial<ConversationSummary> = {}) {
	return {
		id,
		title: `Chat ${id}`,
		created: NOW,
		updated: NOW,
		message_count: 2,
		is_pinned: false,
		is_left_out: false,
		left_out_message_ids: [],
		leaf_id: null,
		...change
	};
}

export function someSettings(change: Partial<Settings> = {}): Settings {
	return {
		...fakeSettings,
		theme: 'system',
		model_folders: [],
		...change
	};
}

export function aSample(change: Partial<MetricsSample> = {}): MetricsSample {
	return {
		time: NOW,
		pid: 1,
		cpu_percent: 31,
		cpu_cores: 3.7,
		memory_bytes: 5_000_000_000,
		machine_threads: 16,
		disk_read_bytes_per_second: null,
		memory_kind: 'pss',
		machine_memory_used_bytes: 7.9 * 1024 ** 3,
		machine_memory_total_bytes: 16 * 1024 ** 3,
		gpus: null,
		gpu_shares_ram: false,
		...change
	};
}
