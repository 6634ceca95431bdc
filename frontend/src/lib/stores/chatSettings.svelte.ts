import type { Backend } from '../backend/backend';
import { asBackendError, type BackendError } from '../backend/errors';
import type {
	Conversation,
	Overflow,
	Preset,
	SamplingParameters,
	Settings
} from '../backend/protocol';

/** What the next answers of a chat are asked with. */
export interface ChatSettingsValue {
	system_prompt: string;
	parameters: SamplingParameters;
	overflow: Overflow;
	/** Whether past chats are looked through; `null`: as the settings have it. */
	memory: boolean | null;
}

const NO_PARAMETERS: SamplingParameters = {
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
export const DEFAULT_SETTINGS: ChatSettingsValue = {
	system_prompt: '',
	parameters: NO_PARAMETERS,
	overflow: 'oldest',
	memory: null
};
const PAUSE_MS = 500;

/**
 * Owns the settings of the open chat. A change is kept by the app after a short pause, when the
 * panel closes, and before the next question is sent; those of a new chat when it is begun.
 */
export class ChatSettings {
	value = $state.raw<ChatSettingsValue>(DEFAULT_SETTINGS);
	/** Why the last change was not taken; stands until it is mended. */
	error = $state.raw<BackendError | null>(null);
	/** Counts up with every change that is kept: what depends on it may have to be asked again. */
	revision = $state(0);

	readonly #backend: Backend;
	#conversationId: string | null = null;
	#isChanged = false;
	#timer: ReturnType<typeof setTimeout> | undefined;
	/** What a new chat begins with. */
	#usual = DEFAULT_SETTINGS;
	/** A new chat that was left for another one keeps what was set for it. */
	#forNewChat = DEFAULT_SETTINGS;

	constructor(backend: Backend) {
		this.#backend = backend;
		backend.listen('settings', (settings) => this.#takeUsual(settings));
	}

	/** Another chat is shown; what was changed in the one before is kept first. */
	open(conversationId: string | null): void {
		if (conversationId === this.#conversationId) {
			return;
		}
		if (this.#conversationId === null) {
			this.#forNewChat = this.value;
		}
		void this.saveQuietly();
		this.#conversationId = conversationId;
		this.value = conversationId === null ? this.#forNewChat : DEFAULT_SETTINGS;
		this.error = null;
	}

	/** The open chat, as the app has it. */
	take(conversation: Conversation): void {
		if (conversation.id === this.#conversationId && !this.#isChanged) {
			const { system_prompt, parameters, overflow, memory } = conversation;
			this.value = { system_prompt, parameters, overflow, memory };
		}
	}

	change(change: Partial<ChatSettingsValue>): void {
		this.value = { ...this.value, ...change };
		this.#isChanged = true;
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => void this.saveQuietly(), PAUSE_MS);
	}

	changeParameters(change: Partial<SamplingParameters>): void {
		this.change({ parameters: { ...this.value.parameters, ...change } });
	}

	applyPreset({ system_prompt, parameters, overflow }: Preset): void {
		this.change({ system_prompt, parameters, overflow });
	}

	/** Everything as the server has it; memory is none of its business. */
	reset(): void {
		this.change({ ...DEFAULT_SETTINGS, memory: this.value.memory });
	}

	/** Keeps what was changed. Throws why it could not, which `error` tells as well. */
	async save(): Promise<void> {
		clearTimeout(this.#timer);
		const id = this.#conversationId;
		if (id === null || !this.#isChanged) {
			return;
		}
		this.#isChanged = false;
		await this.#tell(id, async () => {
			await this.#backend.invoke('update_conversation', { conversation_id: id, ...this.value });
		});
	}

	/** The same for whoever does not wait for it. */
	async saveQuietly(): Promise<void> {
		try {
			await this.save();
		} catch (caught) {
			// Told by `error`, and by the next question that is sent.
			asBackendError(caught);
		}
	}

	/** Begins a chat with what was set for it. */
	async create(): Promise<string> {
		const { memory, ...others } = this.value;
		return await this.#tell(null, async () => {
			const { id } = await this.#backend.invoke('create_conversation', others);
			if (memory !== DEFAULT_SETTINGS.memory) {
				await this.#backend.invoke('update_conversation', {
					conversation_id: id,
					memory,
					...others
				});
			}
			return id;
		});
	}

	/** The new chat is this one from now on. */
	moveToChat(conversationId: string): void {
		clearTimeout(this.#timer);
		this.#conversationId = conversationId;
		this.#isChanged = false;
		this.#forNewChat = this.#usual;
	}

	/** The settings of the app changed: a new chat follows, where nothing was set for it. */
	#takeUsual(settings: Settings): void {
		const before = this.#usual;
		this.#usual = {
			...DEFAULT_SETTINGS,
			system_prompt: settings.chat_system_prompt,
			parameters: settings.chat_parameters,
			overflow: settings.chat_overflow
		};
		if (isSameSettings(this.#forNewChat, before)) {
			this.#forNewChat = { ...this.#usual, memory: this.#forNewChat.memory };
		}
		if (this.#conversationId === null && isSameSettings(this.value, before)) {
			this.value = { ...this.#usual, memory: this.value.memory };
		}
	}

	async #tell<T>(conversationId: string | null, ask: () => Promise<T>): Promise<T> {
		try {
			const answer = await ask();
			if (this.#conversationId === conversationId) {
				this.error = null;
			}
			this.revision += 1;
			return answer;
		} catch (caught) {
			const error = asBackendError(caught);
			if (this.#conversationId === conversationId) {
				this.error = error;
				this.#isChanged = true;
			}
			throw error;
		}
	}
}

/** What presets hold, too. */
type PresetValue = Omit<ChatSettingsValue, 'memory'>;

export function isSameSettings(first: PresetValue, second: PresetValue): boolean {
	return settingsKey(first) === settingsKey(second);
}

function settingsKey({ system_prompt, overflow, parameters }: PresetValue): string {
	const names = Object.keys(parameters).sort() as (keyof SamplingParameters)[];
	return JSON.stringify([system_prompt, overflow, names.map((name) => parameters[name])]);
}
