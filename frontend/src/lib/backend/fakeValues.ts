/** Values for tests: whole, and changed where a test says so. */

import type {
	Conversation,
	ConversationSummary,
	Message,
	Running,
	SamplingParameters,
	ServerConfig,
	Settings
} from './protocol';

export const fakeParameters: SamplingParameters = {
	temperature: null,
	top_k: null,
	top_p: null,
	min_p: null,
	repeat_penalty: null,
	presence_penalty: null,
	frequency_penalty: null,
	seed: null,
	max_tokens: null,
	stop: [],
	thinking: null,
	thinking_budget: null,
	json_schema: null,
	grammar: null
};

export function fakeMessage(id: number, changes: Partial<Message> = {}): Message {
	return {
		id,
		parent_id: id === 1 ? null : id - 1,
		role: id % 2 === 1 ? 'user' : 'assistant',
		content: `text ${id}`,
		status: 'complete',
		created: 1_700_000_000,
		reasoning: '',
		model: id % 2 === 1 ? null : { name: 'Tiny', file: 'tiny.gguf' },
		stats: null,
		finish_reason: null,
		parameters: null,
		error: null,
		omitted_message_ids: [],
		attachments: [],
		recalled: [],
		searched_chats: null,
		passages_off: [],
		passages_left_out: [],
		is_left_out: false,
		is_deleted: false,
		...changes
	};
}

export function fakeConversation(id: string, messages: Message[] = []): Conversation {
	return {
		id,
		title: `Chat ${id}`,
		created: 1,
		updated: 2,
		title_origin: 'person',
		system_prompt: '',
		parameters: fakeParameters,
		overflow: 'oldest',
		is_pinned: false,
		memory: null,
		is_left_out: false,
		leaf_id: messages.at(-1)?.id ?? null,
		messages
	};
}

export function fakeSummary(id: string): ConversationSummary {
	return {
		id,
		title: `Chat ${id}`,
		created: 1,
		updated: 2,
		message_count: 2,
		is_pinned: false,
		is_left_out: false,
		left_out_message_ids: [],
		leaf_id: null
	};
}

export const fakeConfig: ServerConfig = {
	model_path: '/models/tiny.gguf',
	context_size: 4096,
	gpu_layers: null,
	expert_layers_in_ram: null,
	parallel: null,
	threads: null,
	batch_size: null,
	flash_attention: null,
	cache_type_k: null,
	cache_type_v: null,
	mmproj_path: null,
	embeddings: false,
	pooling: null,
	alias: null,
	built_in_engine: false,
	load_mode: null,
	chat_template: null,
	chat_template_file: null,
	rope_scaling: null,
	rope_scale: null,
	lora_path: null,
	draft_model_path: null,
	idle_minutes: null,
	extra_arguments: []
};

export const fakeRunning: Running = {
	type: 'running',
	config: fakeConfig,
	pid: 1,
	base_url: 'http://127.0.0.1:1',
	engine: { kind: 'embedded', path: '/app', version: '1', source: 'app' },
	model: {
		name: 'tiny',
		path: '/models/tiny.gguf',
		context_size: 4096,
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
	since: 1,
	load_seconds: 1,
	recovered_from: null,
	steps: null
};

export const fakeSettings: Settings = {
	theme: 'light',
	text_size: 15,
	reading_width: 'comfortable',
	reading_font: 'interface',
	interface_font: 'inter',
	code_font: 'jetbrains_mono',
	wrap_code: false,
	density: 'comfortable',
	motion: 'system',
	glow: true,
	show_speed: true,
	open_at_start: 'new_chat',
	send_with: 'enter',
	load_last_model: false,
	load_context_size: null,
	load_gpu_layers: null,
	load_cache_type: null,
	load_flash_attention: null,
	load_threads: null,
	chat_system_prompt: '',
	chat_parameters: fakeParameters,
	chat_overflow: 'oldest',
	trash_days: 30,
	shortcuts: {},
	recent_actions: [],
	model_folders: ['/models'],
	llama_server_path: null,
	sidebar_open: true,
	memory_enabled: false,
	title_by_model: true,
	read_ahead: true,
	download_limit_bytes: null,
	first_run_left: true,
	memory_passages: 5,
	memory_strictness: 0.5,
	memory_tokens: 1000,
	passages_open: false,
	embedding_model_path: null,
	reranker_model_path: null,
	presets: [],
	load_presets: [],
	last_config: null
};
