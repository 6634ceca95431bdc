import { FakeBackend } from '../lib/backend/fake';
import { fakeConversation, fakeMessage } from '../lib/backend/fakeValues';
import type { Attachment, GpuSample, PromptProgress, TurnPhase } from '../lib/backend/protocol';
import { ChatStore } from '../lib/stores/chatStore.svelte';
import { createShellStores, type Stores } from '../lib/stores/context';
import { aModel, aSample, failed, running, someSettings, starting } from '../testing/values';

const GIBI = 1024 ** 3;
const CHAT = 'chat';
const INTERVAL_SECONDS = 2;

export const QWEN = aModel();
export const GEMMA = aModel({ path: '/models/gemma.gguf', name: 'Gemma 3 12B it', title: '' });
export const MISTRAL = aModel({
	path: '/models/mistral.gguf',
	name: 'Mistral Small 3.2 24B',
	title: ''
});

/** The stores of an app in one state, as its core would have told it. */
export function stage(prepare: (backend: FakeBackend) => void = () => {}): Stores {
	const backend = new FakeBackend();
	backend.publish('settings', someSettings({ memory_enabled: true }));
	backend.publish('models', {
		folders: [],
		models: [QWEN, GEMMA, MISTRAL],
		scanning: false,
		others: [],
		read_count: 0
	});
	backend.answer('count_tokens', ({ text }) => ({
		tokens: Math.ceil(text.length / 4),
		is_exact: false
	}));
	prepare(backend);
	return { ...createShellStores(backend), chat: new ChatStore(backend) };
}

export function loading(backend: FakeBackend): void {
	const config = { ...starting().config, model_path: GEMMA.path };
	backend.publish('server_state', starting({ config, stage: 'weights', progress: 0.48 }));
	measured(backend, [6], 4.1);
}

export function ready(backend: FakeBackend): void {
	const { model } = running();
	const state = running({ model: { ...model, can_think: true } });
	backend.publish('server_state', state);
	measured(backend, [...WORK, 2, 2, 2], 7.9);
}

export function crashed(backend: FakeBackend): void {
	backend.publish('server_state', {
		...failed({ headline: 'out of GPU memory', while_loading: false }),
		config: { ...failed().config, model_path: MISTRAL.path }
	});
	measured(backend, WORK, 0.9);
}

/** A model that answers in the open chat. */
export function answering(phase: TurnPhase, progress: PromptProgress | null = null): Stores {
	const question = fakeMessage(1);
	const answer = fakeMessage(2, { content: '', status: 'answering', created: Date.now() / 1000 });
	const stores = stage((backend) => {
		ready(backend);
		measured(backend, [...WORK, ...WORK, 93], 7.9);
		backend.answer('get_conversation', () => fakeConversation(CHAT, [question, answer]));
		const turn = { conversation_id: CHAT, message_id: 2, sequence: 1, message: answer };
		backend.publish('answers', {
			type: 'snapshot',
			turns: [{ ...turn, phase, progress }],
			ended: []
		});
		if (phase === 'answering') {
			setTimeout(() => {
				backend.publish('answers', {
					type: 'content_delta',
					...turn,
					sequence: 2,
					text: 'Write',
					generated_tokens: 640,
					tokens_per_second: 64
				});
			});
		}
	});
	void stores.chat.open(CHAT);
	return stores;
}

/** A chat that takes so many of a window of 16k tokens. */
export function filled(tokens: number): Stores {
	const stores = stage((backend) => {
		ready(backend);
		const messages = [fakeMessage(1), fakeMessage(2)];
		backend.answer('get_conversation', () => fakeConversation(CHAT, messages));
		backend.answer('get_context_usage', () => ({
			window: 16_384,
			system: 64,
			files: 0,
			turns: tokens - 64,
			answer: 0,
			total: tokens
		}));
	});
	void stores.chat.open(CHAT);
	return stores;
}

/** A message that is being written. */
export function written(content: string, attachments: Attachment[] = []): Stores {
	const stores = stage(ready);
	stores.chat.drafts.change(null, { content, attachments });
	return stores;
}

const WORK = [40, 70, 70, 70, 75, 90, 90, 5, 5, 5, 30, 80, 85, 90, 90, 70, 10, 60, 90, 95];

function measured(backend: FakeBackend, loads: number[], gibibytes: number): void {
	const now = Date.now() / 1000;
	backend.publish('metrics', {
		type: 'snapshot',
		samples: loads.map((load, index) =>
			aSample({
				time: now - (loads.length - 1 - index) * INTERVAL_SECONDS,
				gpus: [aGpu(load, gibibytes * GIBI)]
			})
		)
	});
}

function aGpu(load: number, used: number): GpuSample {
	return {
		index: 0,
		name: 'GPU',
		load_percent: load,
		memory_used_bytes: used,
		memory_total_bytes: 12 * GIBI,
		memory_process_bytes: null,
		memory_reserved_bytes: null,
		temperature_celsius: null,
		power_watts: null,
		clock_megahertz: null,
		memory_clock_megahertz: null,
		fan_percent: null,
		is_instance: false,
		energy_joules: null
	};
}
