import { formatCount } from '../format';
import { plural } from './plural';

/** What can be done with a message, and what lies over the transcript for it. */
export const turns = {
	versions: {
		label: 'Versions',
		previous: 'Previous version',
		next: 'Next version',
		place: (number: number, count: number) => `Version ${number} of ${count}`
	},

	edit: {
		action: 'Edit',
		label: 'Your message, being changed',
		send: 'Send as a new version',
		leave: 'Cancel',
		hint: 'The old version stays.'
	},

	againWith: {
		title: 'Answer again with',
		hint: 'For this answer only. The answer before it stays beside it.',
		model: 'Model',
		ask: 'Answer again',
		loadAndAsk: (name: string) => `Load ${name} and answer again`
	},

	menu: {
		more: 'More',
		label: 'Message',
		copyMarkdown: 'Copy as Markdown',
		copyRich: 'Copy as rich text',
		goOn: 'Continue',
		againWith: 'Answer again with …',
		prompt: 'Show what the model sees',
		details: 'How this was answered',
		branch: 'Branch into new chat',
		branchFailed: (message: string) => `No new chat was made. ${message}`,
		deleteVersion: 'Delete this version',
		deleteMessage: 'Delete this message',
		deleted: (role: 'user' | 'assistant') =>
			role === 'user' ? 'Message deleted' : 'Answer deleted'
	},

	prompt: {
		title: 'What the model sees',
		reading: 'Asking the model',
		failed: 'This cannot be shown now',
		total: (tokens: number, model: string) => `${plural(tokens, 'token', 'tokens')} for ${model}`,
		part: (origin: string, tokens: number) => `${origin}, ${plural(tokens, 'token', 'tokens')}`,
		tokens: (count: number) => plural(count, 'token', 'tokens'),
		leftOut: (count: number) =>
			`${plural(count, 'earlier message', 'earlier messages')} ${count === 1 ? 'does' : 'do'} not fit the context and ${count === 1 ? 'is' : 'are'} left out.`,
		copy: 'Copy the prompt',
		text: 'The prompt',
		origins: {
			template: 'Template',
			system: 'System prompt',
			file: 'Files',
			memory: 'Memory',
			user: 'You',
			assistant: 'Answers'
		}
	},

	details: {
		title: 'How this was answered',
		model: 'Model',
		file: 'File',
		time: 'Asked',
		prompt: 'Prompt',
		promptTokens: (tokens: number, cached: number | null) =>
			cached === null || cached === 0
				? plural(tokens, 'token', 'tokens')
				: `${plural(tokens, 'token', 'tokens')}, ${formatCount(cached)} kept from earlier turns`,
		promptSpeed: 'Reading',
		answer: 'Answer',
		answerSpeed: 'Writing',
		firstToken: 'First token after',
		thinking: 'Thinking',
		total: 'Whole time',
		energy: 'Energy',
		energyOfGpu: (energy: string, isAbout: boolean) =>
			`${isAbout ? 'about ' : ''}${energy} by the GPU`,
		end: 'Ended',
		parameters: 'Settings',
		defaults: 'All as the model has them.',
		names: {
			temperature: 'Temperature',
			top_k: 'Top-k',
			top_p: 'Top-p',
			min_p: 'Min-p',
			repeat_penalty: 'Repeat penalty',
			presence_penalty: 'Presence penalty',
			frequency_penalty: 'Frequency penalty',
			seed: 'Seed',
			max_tokens: 'Longest answer',
			stop: 'Stop words',
			thinking: 'Thinking',
			thinking_budget: 'Thinking budget',
			json_schema: 'JSON schema',
			grammar: 'Grammar'
		},
		yes: 'on',
		no: 'off',
		ends: {
			waiting: 'not yet',
			answering: 'not yet',
			complete: 'by itself',
			stopped: 'stopped by you',
			length: 'at the limit of tokens',
			cut_short: 'cut short',
			failed: 'by an error'
		}
	},

	find: {
		label: 'Find in this chat',
		count: (current: number, count: number) => `${formatCount(current)} of ${formatCount(count)}`,
		none: 'Not found',
		next: 'Next',
		previous: 'Previous',
		close: 'Close'
	}
};
