import { formatCount, formatSeconds, formatTokensPerSecond } from '../format';
import { turns } from './en.turns';
import { plural } from './plural';

/** Every sentence of the chat. */
export const chat = {
	...turns,

	title: {
		newChat: 'New chat',
		rename: (title: string) => `Rename ${title}`,
		label: 'Name of the chat',
		failed: (message: string) => `The chat was not renamed. ${message}`
	},

	context: {
		label: (used: string, total: string) => `Context: ${used} of ${total} tokens used`,
		of: (total: string) => `/ ${total}`,
		full: 'full'
	},

	empty: {
		title: 'New chat',
		goOn: 'Go on with',
		ready: (name: string, context: string) => `${name} is ready. ${context} context.`,
		loading: (name: string, share: string | null) =>
			share === null ? `${name} is being loaded.` : `${name} is being loaded, ${share}.`,
		ejecting: (name: string) => `${name} is being ejected.`,
		notLoaded: (name: string) => `${name}. Not loaded.`,
		noModel: 'No model is loaded.',
		noModels: 'No models yet. Point the app at a folder with GGUF files.',
		chooseModel: 'Choose a model',
		openModels: 'Open Models',
		loadLast: (name: string) => `Load ${name}`
	},

	transcript: {
		label: 'Conversation',
		you: 'You',
		author: (model: string | null) => model ?? 'Answer',
		jump: 'Jump to latest',
		goToQuestion: 'Go to your message',
		loading: 'Opening the chat'
	},

	/** Read aloud, not shown. */
	announce: {
		answering: 'Answering',
		stopped: 'Stopped',
		failed: 'The answer failed'
	},

	turn: {
		waiting: 'Waiting for a free slot',
		reading: 'Reading your message',
		readTokens: (read: number, total: number) =>
			`${formatCount(read)} of ${formatCount(total)} tokens`,
		secondsLeft: (seconds: number) =>
			`about ${formatCount(Math.max(1, Math.round(seconds)))} s left`,
		kept: (tokens: number) => `${formatCount(tokens)} tokens kept from earlier turns`,
		thinking: 'Thinking',
		thoughtFor: (seconds: number) => `Thought for ${wholeSeconds(seconds)}`,
		thought: 'Thought',
		thinkingSeconds: wholeSeconds,
		leftOut: (count: number) =>
			`${plural(count, 'earlier message', 'earlier messages')} did not fit the context and ${count === 1 ? 'was' : 'were'} left out.`,
		noText: 'The model ended without a word.'
	},

	foot: {
		copy: 'Copy',
		copied: 'Copied',
		again: 'Answer again',
		speed: formatTokensPerSecond,
		firstToken: (seconds: number) => `${formatSeconds(seconds)} to first token`,
		tokens: (count: number) => plural(count, 'token', 'tokens'),
		seconds: formatSeconds,
		stopped: 'stopped',
		length: 'at the limit',
		cutShort: 'cut short',
		failed: 'failed',
		with: (figure: string, status: string) => `${figure}, ${status}`
	},

	code: {
		plain: 'Text',
		wrap: 'Wrap lines',
		copy: 'Copy',
		copied: 'Copied',
		copyFailed: 'The text could not be copied.',
		label: (language: string) => `Code, ${language}`,
		table: 'Table'
	},

	composer: {
		label: 'Message',
		message: (name: string) => `Message ${name}`,
		reading: 'Write your next message while this one is read',
		answering: 'Write your next message while this one finishes',
		loading: 'You can write already and send when the model is ready',
		noModel: 'Choose a model to send a message',
		send: 'Send',
		stop: 'Stop',
		hint: 'for a new line'
	},

	notices: {
		draftKept: 'Your message is kept below.',
		cutTitle: 'llama-server stopped in the middle of this answer',
		cutByConnection: 'The answer was cut short',
		failedTitle: 'This answer failed',
		saved: (tokens: number | null, hasText: boolean) => {
			if (tokens !== null && tokens > 0) {
				return `The ${plural(tokens, 'token', 'tokens')} so far ${tokens === 1 ? 'is' : 'are'} saved.`;
			}
			return hasText ? 'The text so far is saved.' : 'Your message is saved.';
		},
		loadAgain: (name: string) => `Load ${name} again`,
		again: 'Answer again',
		sendFailed: 'The message was not sent',
		stopFailed: 'The answer was not stopped',
		againFailed: 'The question was not asked again',
		goOn: 'Continue',
		continueFailed: 'The answer does not go on',
		changeFailed: 'The chat was not changed',
		openFailed: 'The chat could not be opened'
	}
};

/** `6 s`, `1 min 5 s`: a tenth of a second says nothing about thinking. */
function wholeSeconds(seconds: number): string {
	return formatSeconds(Math.max(1, Math.round(seconds))).replace('.0', '');
}
