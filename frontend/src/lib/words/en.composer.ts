import { formatBytes, formatCount } from '../format';

function plural(count: number, one: string, many: string): string {
	return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** Every sentence around the message that is written. */
export const composer = {
	attach: 'Attach files',
	dropHere: 'Drop to attach',
	think: 'Think',
	thinkHint: 'Let the model think before it answers',
	files: 'Attached files',
	reading: (name: string) => `${name} is being read`,
	remove: (name: string) => `Remove ${name}`,
	open: (name: string) => `Open ${name}`,
	pixels: (width: number, height: number) => `${width} × ${height}`,
	tokens: (count: number) => plural(count, 'token', 'tokens'),
	size: formatBytes,
	closeFile: 'Close',
	copyFile: 'Copy',
	fileGone: (message: string) => `The file cannot be shown. ${message}`,
	loadingFile: 'Opening the file',

	pastedName: (number: number) => (number === 1 ? 'Pasted text.txt' : `Pasted text ${number}.txt`),
	pasted: 'The pasted text is attached as a file.',
	pasteAsText: 'Paste as text',
	noVision: (model: string | null) =>
		model === null
			? 'Load a model that can see images to attach one.'
			: `${model} cannot see images. Load a model with its vision part (mmproj) to attach one.`,
	imagesInTheWay: (model: string, count: number) =>
		count === 1
			? `${model} cannot see the attached image. Remove it, or load a model with its vision part (mmproj).`
			: `${model} cannot see the ${formatCount(count)} attached images. Remove them, or load a model with its vision part (mmproj).`,
	imageUnreadable: (name: string) => `${name} cannot be read as an image.`,
	fileUnreadable: (name: string) => `${name} cannot be read.`,
	tooLarge: (name: string, size: number, most: number) =>
		`${name} is ${formatBytes(size)} large. A text can have ${formatBytes(most)}.`,
	imageTooLarge: (name: string, size: number) =>
		`${name} is ${formatBytes(size)} large, too much to make it smaller.`,

	queue: {
		label: 'Waiting messages',
		next: 'Sent after this answer',
		sendAfter: 'Send after this answer',
		edit: 'Edit the waiting message',
		remove: 'Remove the waiting message',
		removed: 'Message removed',
		send: 'Send now',
		withFiles: (count: number) => plural(count, 'file', 'files'),
		held: {
			stopped: 'Not sent: the answer was stopped.',
			length: 'Not sent: the answer reached its limit.',
			cut_short: 'Not sent: the answer was cut short.',
			failed: 'Not sent: the answer failed.',
			other: 'Not sent: the answer did not end well.'
		},
		notSent: (message: string) => `Not sent. ${message}`
	},

	estimate: {
		about: (tokens: number) => `≈ ${plural(tokens, 'token', 'tokens')}`,
		exact: 'Counted by the loaded model, without what its template adds',
		guessed: 'Estimated, as no model is loaded that could count',
		withoutImages: 'Images are not counted',
		over: (by: number) => `${plural(by, 'token', 'tokens')} more than the context has left.`,
		overAll: (by: number) => `${plural(by, 'token', 'tokens')} more than the whole context holds.`,
		overHint: {
			oldest: 'The oldest turns will be left out.',
			middle: 'Turns after the first will be left out.',
			nothing: 'Shorten it, remove a file, or let turns give way in the chat settings.'
		},
		overAllHint: 'Shorten it, remove a file, or load the model with a larger context.'
	}
};

export const contextGauge = {
	title: 'Context',
	usedOf: (used: string, total: string) => `${used} of ${total} tokens`,
	system: 'System prompt',
	files: 'Files',
	turns: 'Questions and answers',
	answer: 'Last answer',
	free: 'Free',
	counted: 'Counted by the model, as it is sent.',
	almostFull: 'Almost full. What gives way then is set in the chat settings.',
	full: 'Full. What gives way is set in the chat settings.'
};

export const chatMenu = {
	label: 'Actions for this chat',
	more: 'More',
	settings: 'Chat settings',
	rename: 'Rename',
	renameTitle: 'Rename the chat',
	name: 'Name of the chat',
	save: 'Rename',
	pin: 'Pin',
	unpin: 'Unpin',
	exportMarkdown: 'Export as Markdown',
	exportJson: 'Export as JSON',
	delete: 'Delete',
	failed: (message: string) => `That did not work. ${message}`
};

export const chatSettings = {
	title: 'Chat settings',
	close: 'Close chat settings',
	forThis: 'For this chat, from the next answer on.',
	forNew: 'For the new chat.',
	notKept: (message: string) => `Not kept yet. ${message}`,

	preset: 'Preset',
	presetMenu: 'Actions for presets',
	standard: 'Default',
	custom: 'Custom',
	saveAs: 'Save as a preset',
	saveChanges: (name: string) => `Save changes to ${name}`,
	renamePreset: (name: string) => `Rename ${name}`,
	deletePreset: (name: string) => `Delete ${name}`,
	presetName: 'Name of the preset',
	presetExists: 'Another preset has this name.',
	presetSave: 'Save',
	presetRename: 'Rename',
	presetDeleted: 'Preset deleted',
	presetSaved: (name: string) => `${name} saved`,
	presetFailed: (message: string) => `The preset was not changed. ${message}`,
	resetAll: 'Reset everything',

	systemPrompt: 'System prompt',
	systemPromptHint: 'Who the model is and how it answers',
	sampling: 'Sampling',
	temperature: 'Temperature',
	top_k: 'Top-k',
	top_p: 'Top-p',
	min_p: 'Min-p',
	repeat_penalty: 'Repeat penalty',
	presence_penalty: 'Presence penalty',
	frequency_penalty: 'Frequency penalty',
	seed: 'Seed',
	max_tokens: 'Longest answer',
	answer: 'Answer',
	random: 'random',
	noLimit: 'no limit',
	serversOwn: 'default',
	byDefault: (value: string) => `Default ${value}`,
	reset: (name: string) => `Reset ${name}`,
	between: (min: string, max: string) => `A number from ${min} to ${max}`,
	wholeBetween: (min: string, max: string) => `A whole number from ${min} to ${max}`,
	tokens: 'tokens',

	stop: 'Stop words',
	stopHint: 'One on each line. \\n stands for a line break.',

	thinking: 'Thinking',
	thinkingAuto: 'Auto',
	thinkingOn: 'On',
	thinkingOff: 'Off',
	thinkingBudget: 'Thinking budget',

	structure: 'Structured output',
	none: 'None',
	jsonSchema: 'JSON schema',
	grammar: 'Grammar',
	jsonSchemaHint: 'The answer is JSON of this schema.',
	grammarHint: 'The answer follows this grammar (GBNF).',
	notJson: 'This is not JSON yet.',

	overflow: 'When the context is full',
	overflowChoice: { oldest: 'Oldest turns', middle: 'Middle', nothing: 'Nothing' },
	overflowHint: {
		oldest: 'The oldest turns are left out. The answer says how many.',
		middle: 'The first turn stays; those after it are left out.',
		nothing: 'Nothing is left out. The answer fails and says so.'
	}
};
