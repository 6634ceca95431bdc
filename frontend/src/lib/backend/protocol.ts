// Generated from backend/llama_desktop/commands by `npm run protocol`.

/** What may be asked, with its arguments and its answer. */
export interface Commands {
	start_llama_server: { args: { config: ServerConfigInput; as_given?: boolean }; value: Running };
	stop_llama_server: { args: Record<string, never>; value: null };
	restart_llama_server: { args: Record<string, never>; value: Running };
	get_server_state: { args: Record<string, never>; value: ServerState };
	get_engine: { args: Record<string, never>; value: Engine };
	send_message: { args: { conversation_id: string; content: string; parent_id?: number | null; attachment_ids?: string[]; memory?: boolean | null }; value: TurnIds };
	read_ahead: { args: { conversation_id: string | null; content: string; parent_id?: number | null; attachment_ids?: string[]; memory?: boolean | null; system_prompt?: string | null; parameters?: SamplingParametersInput | null }; value: null };
	answer_again: { args: { conversation_id: string; message_id: number; parameters?: SamplingParametersInput | null }; value: TurnIds };
	continue_answer: { args: { conversation_id: string; message_id: number }; value: TurnIds };
	stop_answer: { args: { conversation_id: string; message_id: number }; value: null };
	count_tokens: { args: { text: string }; value: TokenCount };
	get_prompt: { args: { conversation_id: string; message_id: number }; value: PromptView };
	get_context_usage: { args: { conversation_id: string }; value: ContextUsage | null };
	create_conversation: { args: { title?: string | null; system_prompt?: string | null; parameters?: SamplingParametersInput | null; overflow?: Overflow | null }; value: Conversation };
	get_conversation: { args: { conversation_id: string }; value: Conversation };
	list_conversations: { args: Record<string, never>; value: ConversationSummary[] };
	rename_conversation: { args: { conversation_id: string; title: string }; value: ConversationSummary };
	update_conversation: { args: { conversation_id: string; system_prompt: string; parameters: SamplingParametersInput; overflow?: Overflow; memory?: boolean | null }; value: Conversation };
	pin_conversation: { args: { conversation_id: string; is_pinned: boolean }; value: ConversationSummary };
	delete_conversations: { args: { conversation_ids: string[] }; value: null };
	restore_conversations: { args: { conversation_ids: string[] }; value: ConversationSummary[] };
	list_trash: { args: Record<string, never>; value: ConversationSummary[] };
	show_message: { args: { conversation_id: string; message_id: number }; value: ShownBranch };
	delete_message: { args: { conversation_id: string; message_id: number }; value: ShownBranch };
	restore_message: { args: { conversation_id: string; message_id: number }; value: ShownBranch };
	branch_conversation: { args: { conversation_id: string; message_id: number }; value: Conversation };
	export_conversations: { args: { conversation_ids: string[]; export_format: ExportFormat }; value: ExportedFile };
	import_conversations: { args: { name: string; data: string }; value: null };
	list_snapshots: { args: Record<string, never>; value: Snapshot[] };
	make_snapshot: { args: Record<string, never>; value: Snapshot };
	restore_snapshot: { args: { snapshot_id: string }; value: Restored };
	count_all_data: { args: Record<string, never>; value: Erasable };
	delete_all_data: { args: Record<string, never>; value: null };
	pick_import: { args: Record<string, never>; value: boolean };
	add_attachment: { args: { name: string; data: string; width?: number | null; height?: number | null }; value: Attachment };
	pick_attachments: { args: Record<string, never>; value: Attachment[] };
	get_attachment: { args: { attachment_id: string }; value: AttachmentContent };
	get_drafts: { args: Record<string, never>; value: Draft[] };
	save_draft: { args: { conversation_id: string | null; content: string; attachment_ids?: string[] }; value: null };
	search_messages: { args: { query: string; limit?: number; only?: SearchFilterInput | null; by_meaning?: boolean }; value: SearchHit[] };
	list_answer_models: { args: Record<string, never>; value: string[] };
	rebuild_search_index: { args: Record<string, never>; value: null };
	use_passage: { args: { conversation_id: string; message_id: number; number: number; is_used: boolean }; value: Message };
	leave_out_of_memory: { args: { conversation_id: string; message_id?: number | null; is_left_out: boolean }; value: ConversationSummary };
	list_left_out: { args: Record<string, never>; value: LeftOut[] };
	count_forgettable: { args: { since?: number | null; until?: number | null }; value: Forgettable };
	forget: { args: { since?: number | null; until?: number | null; with_facts?: boolean }; value: null };
	save_fact: { args: { fact: FactInput }; value: Fact };
	delete_fact: { args: { fact_id: string }; value: null };
	list_models: { args: Record<string, never>; value: ModelFile[] };
	get_model_library: { args: Record<string, never>; value: ModelLibrary };
	add_model_folder: { args: { path: string }; value: ModelLibrary };
	remove_model_folder: { args: { path: string }; value: ModelLibrary };
	rescan_models: { args: Record<string, never>; value: ModelLibrary };
	delete_model: { args: { path: string; for_good?: boolean }; value: number };
	find_model_caches: { args: Record<string, never>; value: ModelCache[] };
	estimate_fit: { args: { config: ServerConfigInput }; value: MemoryEstimate };
	estimate_library: { args: Record<string, never>; value: LibraryFit };
	set_model_favourite: { args: { path: string; is_favourite: boolean }; value: null };
	remember_model_config: { args: { path: string; config: ServerConfigInput | null }; value: null };
	search_hub: { args: { query: string }; value: HubModel[] };
	get_hub_model: { args: { repo: string }; value: HubRepo };
	estimate_hub_model: { args: { repo: string }; value: HubFit };
	start_download: { args: { repo: string; quantization: string; with_projector?: boolean }; value: Download };
	start_url_download: { args: { url: string }; value: Download };
	get_downloads: { args: Record<string, never>; value: Downloads };
	pause_download: { args: { download_id: string }; value: Download };
	resume_download: { args: { download_id: string }; value: Download };
	cancel_download: { args: { download_id: string }; value: null };
	find_room: { args: Record<string, never>; value: (ModelRoom | DownloadRoom)[] };
	get_first_run: { args: Record<string, never>; value: FirstRun };
	get_hub_access: { args: Record<string, never>; value: HubAccess };
	save_hub_token: { args: { token: string }; value: HubAccess };
	delete_hub_token: { args: Record<string, never>; value: HubAccess };
	get_settings: { args: Record<string, never>; value: Settings };
	get_default_settings: { args: Record<string, never>; value: Settings };
	update_settings: { args: { theme?: Theme; text_size?: number; reading_width?: ReadingWidth; reading_font?: ReadingFont; interface_font?: InterfaceFont; code_font?: CodeFont; wrap_code?: boolean; density?: Density; motion?: Motion; glow?: boolean; show_speed?: boolean; open_at_start?: StartPlace; send_with?: SendKey; load_last_model?: boolean; load_context_size?: number | null; load_gpu_layers?: number | null; load_cache_type?: CacheType | null; load_flash_attention?: FlashAttention | null; load_threads?: number | null; chat_system_prompt?: string; chat_parameters?: SamplingParametersInput; chat_overflow?: Overflow; trash_days?: number | null; shortcuts?: Record<string, string>; recent_actions?: string[]; sidebar_open?: boolean; title_by_model?: boolean; read_ahead?: boolean; llama_server_path?: string | null; memory_enabled?: boolean; memory_passages?: number; memory_strictness?: number; memory_tokens?: number; passages_open?: boolean; embedding_model_path?: string | null; reranker_model_path?: string | null; download_limit_bytes?: number | null; first_run_left?: boolean }; value: Settings };
	reset_setting: { args: { name: string }; value: Settings };
	save_preset: { args: { preset: PresetInput }; value: Settings };
	delete_preset: { args: { preset_id: string }; value: Settings };
	save_load_preset: { args: { preset: LoadPresetInput }; value: Settings };
	delete_load_preset: { args: { preset_id: string }; value: Settings };
	get_server_metrics: { args: Record<string, never>; value: MetricsSample | null };
	get_server_report: { args: Record<string, never>; value: string };
	open_log_folder: { args: Record<string, never>; value: null };
	run_doctor: { args: Record<string, never>; value: DoctorReport };
	end_orphan: { args: { pid: number; started: number }; value: null };
	get_app_info: { args: Record<string, never>; value: AppInfo };
	open_data_folder: { args: Record<string, never>; value: null };
	open_external: { args: { url: string }; value: null };
	pick_folder: { args: Record<string, never>; value: string | null };
	take_dropped_paths: { args: Record<string, never>; value: string[] };
	pick_llama_server: { args: Record<string, never>; value: string | null };
	save_file: { args: { name: string; text: string }; value: string | null };
	show_window: { args: Record<string, never>; value: null };
	close_window: { args: Record<string, never>; value: null };
	retry_saving: { args: Record<string, never>; value: null };
	dismiss_notice: { args: { notice_id: string }; value: null };
}

/** What may be listened to, with what it carries. */
export interface Topics {
	server_state: ServerState;
	metrics: MetricsEvent;
	log: LogEvent;
	answers: AnswersEvent;
	conversations: ConversationsEvent;
	imports: ImportState;
	memory: IndexState;
	facts: Facts;
	models: ModelLibrary;
	model_records: ModelRecords;
	downloads: Downloads;
	settings: Settings;
	notices: Notices;
	leaving: Leaving;
}

export type ErrorCode =
	| 'address_refused'
	| 'app_error'
	| 'attachment_unusable'
	| 'bad_request'
	| 'conflict'
	| 'content_wrong'
	| 'context_overflow'
	| 'conversation_not_found'
	| 'data_folder_locked'
	| 'delete_failed'
	| 'delete_refused'
	| 'download_not_found'
	| 'download_refused'
	| 'engine_not_found'
	| 'engine_request_failed'
	| 'folder_unusable'
	| 'hub_gated'
	| 'hub_model_not_found'
	| 'hub_unreachable'
	| 'import_refused'
	| 'internal_error'
	| 'link_refused'
	| 'message_not_found'
	| 'message_too_long'
	| 'model_in_use'
	| 'model_not_found'
	| 'model_unusable'
	| 'no_window'
	| 'not_found'
	| 'offline'
	| 'server_not_running'
	| 'server_start_aborted'
	| 'server_start_failed'
	| 'storage_failed'
	| 'stream_cut'
	| 'structure_invalid'
	| 'trash_failed'
	| 'unknown_command'
	| 'unknown_topic';

export interface AnswerError {
	code: string;
	message: string;
}

export interface AnswerModel {
	name: string;
	file: string;
}

export interface AnswerStats {
	prompt_tokens: number | null;
	cached_tokens: number | null;
	generated_tokens: number | null;
	prompt_tokens_per_second: number | null;
	tokens_per_second: number | null;
	first_token_seconds: number | null;
	reasoning_seconds: number | null;
	total_seconds: number | null;
	energy_joules: number | null;
	is_energy_about: boolean;
}

export type AnswersEvent = AnswersSnapshot | TurnStarted | TurnPhaseChanged | TurnProgress | ReasoningDelta | ContentDelta | TurnFinished | TurnFailed;

export interface AnswersSnapshot {
	type: 'snapshot';
	turns: TurnUnderWay[];
	ended: EndedTurn[];
}

export interface AppInfo {
	version: string;
	data_folder: string;
	log_folder: string;
	platform: string;
	has_window: boolean;
}

export interface Attachment {
	id: string;
	name: string;
	kind: AttachmentKind;
	media_type: string;
	size_bytes: number;
	token_count: number | null;
	width: number | null;
	height: number | null;
}

export interface AttachmentContent {
	attachment: Attachment;
	text: string | null;
	data: string | null;
}

export type AttachmentKind = 'text' | 'image';

export type CacheKind = 'ollama' | 'lm_studio' | 'hugging_face';

export type CacheType = 'f32' | 'f16' | 'bf16' | 'q8_0' | 'q5_1' | 'q5_0' | 'q4_1' | 'q4_0' | 'iq4_nl';

export interface CancelLoading {
	type: 'cancel_loading';
}

export type Capability = 'chat' | 'vision' | 'audio' | 'tools' | 'thinking' | 'embedding' | 'reranking';

export interface Checking {
	type: 'checking';
	checked_bytes: number;
}

export interface ChooseEngine {
	type: 'choose_engine';
}

export interface ChooseModel {
	type: 'choose_model';
}

export type CodeFont = 'jetbrains_mono' | 'system';

export interface ContentDelta {
	type: 'content_delta';
	conversation_id: string;
	message_id: number;
	sequence: number;
	text: string;
	generated_tokens: number;
	tokens_per_second: number | null;
}

export interface ContextUsage {
	window: number;
	system: number;
	files: number;
	turns: number;
	answer: number;
	total: number;
}

export interface Conversation {
	id: string;
	title: string;
	created: number;
	updated: number;
	title_origin: TitleOrigin;
	system_prompt: string;
	parameters: SamplingParameters;
	overflow: Overflow;
	is_pinned: boolean;
	memory: boolean | null;
	is_left_out: boolean;
	leaf_id: number | null;
	messages: Message[];
}

export interface ConversationRemoved {
	type: 'removed';
	conversation_id: string;
}

export interface ConversationSaved {
	type: 'saved';
	conversation: ConversationSummary;
}

export interface ConversationSummary {
	id: string;
	title: string;
	created: number;
	updated: number;
	message_count: number;
	is_pinned: boolean;
	is_left_out: boolean;
	left_out_message_ids: number[];
	leaf_id: number | null;
}

export type ConversationsEvent = ConversationsSnapshot | ConversationSaved | ConversationRemoved;

export interface ConversationsSnapshot {
	type: 'snapshot';
	conversations: ConversationSummary[];
}

export type Density = 'comfortable' | 'compact';

export type DoctorGroup = 'engines' | 'gpus' | 'processes' | 'data' | 'window';

export interface DoctorLine {
	group: DoctorGroup;
	finding: Finding;
	title: string;
	detail: string;
	cure: string | null;
}

export interface DoctorReport {
	time: number;
	version: string;
	system: string;
	lines: DoctorLine[];
	servers: ServerOnMachine[];
}

export interface Download {
	id: string;
	title: string;
	quantization: string | null;
	repo: string | null;
	folder: string;
	size_bytes: number;
	done_bytes: number;
	state: Queued | Fetching | Checking | Paused | NoRoom | DownloadFailed | Finished;
}

export interface DownloadFailed {
	type: 'failed';
	code: string;
	message: string;
}

export interface DownloadRoom {
	type: 'download';
	download_id: string;
	name: string;
	freed_bytes: number;
}

export interface Downloads {
	downloads: Download[];
	folder: string;
	free_bytes: number | null;
}

export interface Draft {
	conversation_id: string | null;
	content: string;
	attachments: Attachment[];
	updated: number;
}

export interface EmbeddingState {
	model: string;
	messages_done: number;
	messages_total: number;
	is_ready: boolean;
	problem: string | null;
}

export interface EndedTurn {
	conversation_id: string;
	ended: number;
}

export interface Engine {
	kind: EngineKind;
	path: string;
	version: string;
	source: string;
}

export type EngineKind = 'external' | 'embedded';

export interface Erasable {
	chat_count: number;
	trashed_chat_count: number;
	draft_count: number;
	fact_count: number;
	snapshot_count: number;
}

export type ExportFormat = 'markdown' | 'json';

export interface ExportedFile {
	name: string;
	media_type: string;
	text: string;
}

export interface Fact {
	id: string;
	text: string;
	created: number;
	conversation_id: string | null;
	message_id: number | null;
}

export interface FactInput {
	id: string;
	text: string;
	created: number;
	conversation_id?: string | null;
	message_id?: number | null;
}

export interface Facts {
	facts: Fact[];
}

export interface Failed {
	type: 'failed';
	config: ServerConfig;
	failure: ServerFailure;
	steps: LaunchSteps | null;
}

export type FailureAction = LoadAgain | LoadWithLayers | LoadWithExpertsInRam | LoadWithContext | LoadWithoutVision | LoadOther | ChooseModel | FindModel | UseBuiltInEngine | ChooseEngine | OpenDoctor | CancelLoading;

export type FailureCause = 'gpu_memory_out' | 'memory_out' | 'killed_for_memory' | 'model_missing' | 'model_unreadable' | 'model_empty' | 'not_a_model' | 'model_cut_off' | 'model_part_missing' | 'model_version' | 'model_architecture' | 'model_damaged' | 'template_broken' | 'engine_missing' | 'engine_not_executable' | 'library_missing' | 'wrong_processor' | 'bad_argument' | 'port_taken' | 'stranger' | 'driver_lost' | 'disk_full' | 'no_permission' | 'hangs' | 'crashed_at_chat' | 'gave_up' | 'crashed' | 'killed' | 'ended' | 'app_defect' | 'unknown';

export interface Fetching {
	type: 'fetching';
	bytes_per_second: number | null;
	seconds_left: number | null;
	trouble: string | null;
}

export interface FindModel {
	type: 'find_model';
	query: string;
}

export type Finding = 'ok' | 'warn' | 'fail';

export interface Finished {
	type: 'finished';
	path: string;
	is_checked: boolean;
}

export interface FirstRun {
	suggestions: SuggestedModel[];
	memory_total_bytes: number | null;
	gpus: GpuMemory[];
	idle_gpus: GpuMemory[];
	engine: Engine | null;
	engine_problem: string | null;
}

export type FlashAttention = 'on' | 'off' | 'auto';

export interface Forgettable {
	message_count: number;
	chat_count: number;
	whole_chat_count: number;
	trashed_chat_count: number;
	fact_count: number;
}

export interface GpuMemory {
	name: string;
	total_bytes: number;
	free_bytes: number;
	shares_ram: boolean;
}

export interface GpuSample {
	index: number;
	name: string;
	load_percent: number | null;
	memory_used_bytes: number | null;
	memory_total_bytes: number | null;
	memory_process_bytes: number | null;
	temperature_celsius: number | null;
	power_watts: number | null;
	clock_megahertz: number | null;
	memory_clock_megahertz: number | null;
	fan_percent: number | null;
	is_instance: boolean;
	memory_reserved_bytes: number | null;
	energy_joules: number | null;
}

export interface HubAccess {
	endpoint: string;
	token_place: TokenPlace;
	has_keychain: boolean;
}

export interface HubFile {
	path: string;
	size_bytes: number;
	sha256: string | null;
}

export interface HubFit {
	context_size: number;
	fits: QuantizationFit[];
}

export interface HubModel {
	repo: string;
	downloads: number;
	likes: number;
	is_gated: boolean;
	has_vision: boolean;
	parameter_count: number | null;
	may_fit: boolean | null;
}

export interface HubQuantization {
	name: string;
	size_bytes: number;
	files: HubFile[];
	missing_parts: number[];
}

export interface HubRepo {
	repo: string;
	commit: string;
	is_gated: boolean;
	downloads: number;
	likes: number;
	license: string | null;
	parameter_count: number | null;
	context_length: number | null;
	architecture: string | null;
	has_vision: boolean;
	quantizations: HubQuantization[];
	projectors: HubFile[];
}

export interface ImportState {
	is_running: boolean;
	done: number;
	total: number | null;
	summary: ImportSummary | null;
	error: string | null;
}

export interface ImportSummary {
	imported: number;
	already_there: number;
	refused_count: number;
	refused: RefusedChat[];
}

export interface IndexState {
	message_count: number;
	chats_done: number;
	chats_total: number;
	is_catching_up: boolean;
	size_bytes: number;
	embedding: EmbeddingState | null;
	reranker: RerankerState | null;
}

export type InterfaceFont = 'inter' | 'system';

export type KeptKind = 'settings' | 'drafts' | 'facts' | 'model_choices';

export interface LaunchSteps {
	began: number;
	process_seconds: number | null;
	loading_seconds: number | null;
}

export interface Leaving {
	is_leaving: boolean;
}

export interface LeftOut {
	conversation_id: string;
	conversation_title: string;
	message_id: number | null;
	role: Role | null;
	text: string;
}

export interface LibraryFit {
	machine: MachineState;
	keeps_experts: boolean;
	estimates: MemoryEstimate[];
}

export interface LoadAgain {
	type: 'load_again';
}

export type LoadMode = 'mmap' | 'mlock' | 'none';

export interface LoadOther {
	type: 'load_other';
	model_path: string;
	name: string;
	size_bytes: number;
	needed_bytes: number | null;
}

export interface LoadPreset {
	id: string;
	name: string;
	context_size: number | null;
	gpu_layers: number | null;
	parallel: number | null;
	threads: number | null;
	batch_size: number | null;
	flash_attention: FlashAttention | null;
	cache_type_k: CacheType | null;
	cache_type_v: CacheType | null;
	load_mode: LoadMode | null;
	rope_scaling: RopeScaling | null;
	rope_scale: number | null;
	idle_minutes: number | null;
	extra_arguments: string[];
}

export interface LoadPresetInput {
	id: string;
	name: string;
	context_size?: number | null;
	gpu_layers?: number | null;
	parallel?: number | null;
	threads?: number | null;
	batch_size?: number | null;
	flash_attention?: FlashAttention | null;
	cache_type_k?: CacheType | null;
	cache_type_v?: CacheType | null;
	load_mode?: LoadMode | null;
	rope_scaling?: RopeScaling | null;
	rope_scale?: number | null;
	idle_minutes?: number | null;
	extra_arguments?: string[];
}

export type LoadStage = 'weights' | 'vision' | 'draft' | 'preparing';

export interface LoadWithContext {
	type: 'load_with_context';
	context_size: number;
	instead_of: number | null;
}

export interface LoadWithExpertsInRam {
	type: 'load_with_experts_in_ram';
	expert_layers_in_ram: number;
	layers: number;
}

export interface LoadWithLayers {
	type: 'load_with_layers';
	gpu_layers: number;
	layers: number | null;
}

export interface LoadWithoutVision {
	type: 'load_without_vision';
}

export interface LoadedModel {
	name: string;
	path: string;
	context_size: number;
	slots: number;
	has_vision: boolean;
	can_think: boolean | null;
	defaults: SamplingParameters;
	layers_on_gpu: number | null;
	layers: number | null;
	threads: number | null;
	has_shared_context: boolean | null;
	memory: ModelMemory | null;
	gpu_memory: ModelMemory | null;
}

export interface LogAppended {
	type: 'appended';
	lines: LogLine[];
}

export type LogEvent = LogSnapshot | LogAppended;

export type LogLevel = 'D' | 'I' | 'W' | 'E';

export interface LogLine {
	number: number;
	time: number;
	stream: string;
	text: string;
	level: LogLevel | null;
}

export interface LogSnapshot {
	type: 'snapshot';
	lines: LogLine[];
}

export interface MachineState {
	ram_total_bytes: number | null;
	ram_free_bytes: number | null;
	threads: number;
	gpus: GpuMemory[];
	idle_gpus: GpuMemory[];
	server_ram: MemoryParts | null;
	server_gpu: MemoryParts | null;
}

export interface MemoryEstimate {
	path: string;
	verdict: Verdict;
	context_size: number;
	layer_count: number;
	gpu_layers: number;
	expert_layers_in_ram: number;
	gpu: MemoryParts;
	ram: MemoryParts;
	gpu_bytes: number;
	ram_bytes: number;
	gpu_free_bytes: number;
	ram_free_bytes: number;
	mapped_bytes: number;
	prompt_cache_bytes: number;
	measured: MemoryMeasurement | null;
}

export interface MemoryMeasurement {
	config: ServerConfig;
	predicted_bytes: number;
	measured_bytes: number;
	predicted_gpu_bytes: number;
	measured_gpu_bytes: number | null;
	predicted: ModelMemory | null;
	told: ModelMemory | null;
	told_gpu: ModelMemory | null;
	engine: string;
}

export interface MemoryParts {
	weights: number;
	kv_cache: number;
	compute: number;
	projector: number;
	overhead: number;
}

export interface Message {
	id: number;
	parent_id: number | null;
	role: Role;
	content: string;
	status: MessageStatus;
	created: number;
	reasoning: string;
	model: AnswerModel | null;
	stats: AnswerStats | null;
	finish_reason: string | null;
	parameters: SamplingParameters | null;
	error: AnswerError | null;
	omitted_message_ids: number[];
	attachments: Attachment[];
	recalled: Passage[];
	searched_chats: number | null;
	passages_off: number[];
	passages_left_out: number[];
	is_left_out: boolean;
	is_deleted: boolean;
}

export type MessageStatus = 'waiting' | 'answering' | 'complete' | 'stopped' | 'length' | 'cut_short' | 'failed';

export type MetricsEvent = MetricsSnapshot | MetricsSampled | MetricsStalled;

export interface MetricsSample {
	time: number;
	pid: number;
	cpu_percent: number | null;
	cpu_cores: number | null;
	machine_threads: number | null;
	memory_bytes: number | null;
	memory_kind: string | null;
	machine_memory_used_bytes: number | null;
	machine_memory_total_bytes: number | null;
	disk_read_bytes_per_second: number | null;
	gpus: GpuSample[] | null;
	gpu_shares_ram: boolean;
}

export interface MetricsSampled {
	type: 'sampled';
	sample: MetricsSample;
}

export interface MetricsSnapshot {
	type: 'snapshot';
	samples: MetricsSample[];
}

export interface MetricsStalled {
	type: 'stalled';
	since: number;
}

export interface ModelCache {
	kind: CacheKind;
	path: string;
	model_count: number;
	size_bytes: number;
	is_added: boolean;
}

export interface ModelFile {
	path: string;
	name: string;
	quantization: string | null;
	size_bytes: number;
	part_count: number;
	missing_parts: number[];
	problem: string | null;
	mmproj_path: string | null;
	mmproj_bytes: number;
	title: string | null;
	publisher: string | null;
	architecture: string | null;
	parameters: number;
	active_parameters: number | null;
	context_length: number | null;
	layer_count: number;
	vocabulary_size: number;
	license: string | null;
	base_model: string | null;
	capabilities: Capability[];
	has_chat_template: boolean;
	other_paths: string[];
}

export interface ModelFolder {
	path: string;
	model_count: number;
	problem: string | null;
}

export type ModelKind = 'model' | 'projector' | 'adapter' | 'vocabulary' | 'importance_matrix' | 'image_generator';

export interface ModelLibrary {
	folders: ModelFolder[];
	models: ModelFile[];
	scanning: boolean;
	others: OtherFile[];
	read_count: number;
}

export interface ModelMemory {
	weights: number;
	kv_cache: number;
	compute: number;
}

export interface ModelRecord {
	path: string;
	is_favourite: boolean;
	used_at: number | null;
	config: ServerConfig | null;
	measurements: MemoryMeasurement[];
}

export interface ModelRecords {
	records: ModelRecord[];
}

export interface ModelRoom {
	type: 'model';
	path: string;
	name: string;
	freed_bytes: number;
}

export type Motion = 'system' | 'less';

export interface NoRoom {
	type: 'no_room';
	missing_bytes: number;
}

export interface Notice {
	id: string;
	code: string;
	message: string;
	title: string | null;
	can_dismiss: boolean;
	can_retry: boolean;
}

export interface Notices {
	notices: Notice[];
}

export interface OpenDoctor {
	type: 'open_doctor';
}

export interface OtherFile {
	path: string;
	name: string;
	kind: ModelKind;
	size_bytes: number;
	architecture: string | null;
}

export type Overflow = 'oldest' | 'middle' | 'nothing';

export type Ownership = 'ours' | 'orphan' | 'other';

export interface Passage {
	conversation_id: string;
	conversation_title: string;
	message_id: number;
	fact_id: string;
	role: Role;
	created: number;
	day: string;
	text: string;
	before: string;
	matches: [number, number][];
}

export interface Paused {
	type: 'paused';
}

export type Pooling = 'mean' | 'cls' | 'last' | 'rank';

export interface Preset {
	id: string;
	name: string;
	system_prompt: string;
	parameters: SamplingParameters;
	overflow: Overflow;
}

export interface PresetInput {
	id: string;
	name: string;
	system_prompt?: string;
	parameters?: SamplingParametersInput;
	overflow?: Overflow;
}

export type PromptOrigin = 'template' | 'system' | 'file' | 'memory' | 'user' | 'assistant';

export interface PromptPart {
	origin: PromptOrigin;
	text: string;
	token_count: number;
	message_id: number | null;
}

export interface PromptProgress {
	total_tokens: number;
	cached_tokens: number;
	processed_tokens: number;
	seconds: number;
}

export interface PromptView {
	model_name: string;
	parts: PromptPart[];
	token_count: number;
	omitted_message_ids: number[];
}

export interface QuantizationFit {
	name: string;
	verdict: Verdict;
	layer_count: number;
	gpu_layers: number;
	expert_layers_in_ram: number;
	needed_bytes: number;
	available_bytes: number;
}

export interface Queued {
	type: 'queued';
}

export type ReadingFont = 'interface' | 'system' | 'serif';

export type ReadingWidth = 'narrow' | 'comfortable' | 'wide';

export interface ReasoningDelta {
	type: 'reasoning_delta';
	conversation_id: string;
	message_id: number;
	sequence: number;
	text: string;
	generated_tokens: number;
	tokens_per_second: number | null;
}

export interface RefusedChat {
	title: string;
	reason: string;
}

export interface RerankerState {
	model: string;
	is_ready: boolean;
	problem: string | null;
}

export interface Restored {
	restored_count: number;
	kinds: KeptKind[];
	before: Snapshot;
}

export type Role = 'user' | 'assistant';

export type RopeScaling = 'none' | 'linear' | 'yarn';

export interface Running {
	type: 'running';
	config: ServerConfig;
	pid: number;
	base_url: string;
	engine: Engine;
	model: LoadedModel;
	since: number;
	load_seconds: number;
	recovered_from: ServerFailure | null;
	steps: LaunchSteps | null;
}

export interface SamplingParameters {
	temperature: number | null;
	top_k: number | null;
	top_p: number | null;
	min_p: number | null;
	repeat_penalty: number | null;
	presence_penalty: number | null;
	frequency_penalty: number | null;
	seed: number | null;
	max_tokens: number | null;
	stop: string[];
	thinking: boolean | null;
	thinking_budget: number | null;
	json_schema: string | null;
	grammar: string | null;
}

export interface SamplingParametersInput {
	temperature?: number | null;
	top_k?: number | null;
	top_p?: number | null;
	min_p?: number | null;
	repeat_penalty?: number | null;
	presence_penalty?: number | null;
	frequency_penalty?: number | null;
	seed?: number | null;
	max_tokens?: number | null;
	stop?: string[];
	thinking?: boolean | null;
	thinking_budget?: number | null;
	json_schema?: string | null;
	grammar?: string | null;
}

export interface SearchFilterInput {
	role?: Role | null;
	model?: string | null;
	after?: number | null;
	is_pinned?: boolean;
	has_code?: boolean;
}

export interface SearchHit {
	conversation_id: string;
	conversation_title: string;
	message_id: number;
	role: Role;
	model: string | null;
	created: number;
	snippet: string;
	matches: [number, number][];
	score: number;
	likeness: number;
}

export type SendKey = 'enter' | 'ctrl_enter';

export interface ServerConfig {
	model_path: string;
	context_size: number | null;
	gpu_layers: number | null;
	expert_layers_in_ram: number | null;
	parallel: number | null;
	threads: number | null;
	batch_size: number | null;
	flash_attention: FlashAttention | null;
	cache_type_k: CacheType | null;
	cache_type_v: CacheType | null;
	mmproj_path: string | null;
	load_mode: LoadMode | null;
	chat_template: string | null;
	chat_template_file: string | null;
	rope_scaling: RopeScaling | null;
	rope_scale: number | null;
	lora_path: string | null;
	draft_model_path: string | null;
	idle_minutes: number | null;
	extra_arguments: string[];
	embeddings: boolean;
	pooling: Pooling | null;
	alias: string | null;
	built_in_engine: boolean;
}

export interface ServerConfigInput {
	model_path: string;
	context_size?: number | null;
	gpu_layers?: number | null;
	expert_layers_in_ram?: number | null;
	parallel?: number | null;
	threads?: number | null;
	batch_size?: number | null;
	flash_attention?: FlashAttention | null;
	cache_type_k?: CacheType | null;
	cache_type_v?: CacheType | null;
	mmproj_path?: string | null;
	load_mode?: LoadMode | null;
	chat_template?: string | null;
	chat_template_file?: string | null;
	rope_scaling?: RopeScaling | null;
	rope_scale?: number | null;
	lora_path?: string | null;
	draft_model_path?: string | null;
	idle_minutes?: number | null;
	extra_arguments?: string[];
	embeddings?: boolean;
	pooling?: Pooling | null;
	alias?: string | null;
	built_in_engine?: boolean;
}

export interface ServerFailure {
	cause: FailureCause;
	headline: string;
	message: string;
	actions: FailureAction[];
	attempt: number;
	exit_code: number | null;
	exit_words: string | null;
	log_tail: string[];
	command: string[];
	engine_path: string | null;
	engine_version: string | null;
	while_loading: boolean;
	time: number;
}

export interface ServerOnMachine {
	pid: number;
	started: number;
	ownership: Ownership;
	user: string | null;
	port: number | null;
	memory_bytes: number | null;
	program: string;
}

export type ServerState = Stopped | Starting | Running | Stopping | Failed;

export interface Settings {
	theme: Theme;
	text_size: number;
	reading_width: ReadingWidth;
	reading_font: ReadingFont;
	interface_font: InterfaceFont;
	code_font: CodeFont;
	wrap_code: boolean;
	density: Density;
	motion: Motion;
	glow: boolean;
	show_speed: boolean;
	open_at_start: StartPlace;
	send_with: SendKey;
	load_last_model: boolean;
	load_context_size: number | null;
	load_gpu_layers: number | null;
	load_cache_type: CacheType | null;
	load_flash_attention: FlashAttention | null;
	load_threads: number | null;
	chat_system_prompt: string;
	chat_parameters: SamplingParameters;
	chat_overflow: Overflow;
	trash_days: number | null;
	shortcuts: Record<string, string>;
	recent_actions: string[];
	model_folders: string[];
	llama_server_path: string | null;
	sidebar_open: boolean;
	title_by_model: boolean;
	read_ahead: boolean;
	memory_enabled: boolean;
	memory_passages: number;
	memory_strictness: number;
	memory_tokens: number;
	passages_open: boolean;
	embedding_model_path: string | null;
	reranker_model_path: string | null;
	presets: Preset[];
	load_presets: LoadPreset[];
	first_run_left: boolean;
	download_limit_bytes: number | null;
	last_config: ServerConfig | null;
}

export interface ShownBranch {
	leaf_id: number | null;
}

export interface Snapshot {
	id: string;
	created: number;
	conversation_count: number;
}

export type StartPlace = 'new_chat' | 'last_chat';

export interface Starting {
	type: 'starting';
	config: ServerConfig;
	since: number;
	pid: number | null;
	stage: LoadStage | null;
	progress: number | null;
	silent_seconds: number | null;
	concern: ServerFailure | null;
	recovers_from: ServerFailure | null;
	last_load_seconds: number | null;
	steps: LaunchSteps | null;
}

export interface Stopped {
	type: 'stopped';
}

export interface Stopping {
	type: 'stopping';
	config: ServerConfig;
	steps: LaunchSteps | null;
}

export type SuggestedFit = 'gpu' | 'ram' | 'too_large';

export interface SuggestedModel {
	title: string;
	repo: string;
	quantization: string;
	with_projector: boolean;
	size_bytes: number;
	why: string;
	short: string;
	license: string;
	fit: SuggestedFit;
	needed_bytes: number;
	available_bytes: number;
}

export type Theme = 'system' | 'light' | 'dark';

export type TitleOrigin = 'person' | 'first_words' | 'model';

export interface TokenCount {
	tokens: number;
	is_exact: boolean;
}

export type TokenPlace = 'none' | 'keychain' | 'file' | 'environment';

export interface TurnFailed {
	type: 'failed';
	conversation_id: string;
	message_id: number;
	sequence: number;
	message: Message;
}

export interface TurnFinished {
	type: 'finished';
	conversation_id: string;
	message_id: number;
	sequence: number;
	message: Message;
}

export interface TurnIds {
	user_message_id: number;
	answer_message_id: number;
}

export type TurnPhase = 'waiting' | 'reading' | 'reasoning' | 'answering';

export interface TurnPhaseChanged {
	type: 'phase';
	conversation_id: string;
	message_id: number;
	sequence: number;
	phase: TurnPhase;
}

export interface TurnProgress {
	type: 'progress';
	conversation_id: string;
	message_id: number;
	sequence: number;
	progress: PromptProgress;
}

export interface TurnStarted {
	type: 'started';
	conversation_id: string;
	message_id: number;
	sequence: number;
	user_message: Message;
	message: Message;
}

export interface TurnUnderWay {
	conversation_id: string;
	message_id: number;
	sequence: number;
	phase: TurnPhase;
	message: Message;
	progress: PromptProgress | null;
}

export interface UseBuiltInEngine {
	type: 'use_built_in_engine';
}

export type Verdict = 'gpu' | 'partly' | 'ram' | 'too_large' | 'unknown';
