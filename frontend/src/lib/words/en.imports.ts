import { formatCount } from '../format';
import type { ImportSummary } from '../backend/protocol';

function chats(count: number): string {
	return `${formatCount(count)} ${count === 1 ? 'chat' : 'chats'}`;
}

export const imports = {
	open: 'Import chats',
	title: 'Import chats',
	hint: 'From this app’s own JSON, and from the exports of ChatGPT, llama.cpp’s web page, Open WebUI, Jan and LM Studio. An archive need not be unpacked. The files stay as they are, and nothing leaves this machine.',
	again: 'What is here already is not imported twice.',
	choose: 'Choose a file',
	reading: 'Reading the file',
	progress: 'Chats taken in',
	done: (done: number, total: number) => `${formatCount(done)} of ${chats(total)}`,
	goesOn: 'This goes on when you close the dialog.',
	imported: (count: number) => (count === 0 ? 'No new chats' : `${chats(count)} imported`),
	rest: ({ already_there: there, refused_count: refused }: ImportSummary) => {
		const parts = [
			there > 0 ? `${chats(there)} ${there === 1 ? 'was' : 'were'} here already.` : '',
			refused > 0 ? `${chats(refused)} could not be taken:` : ''
		];
		return parts.filter((part) => part !== '').join(' ');
	},
	more: (count: number) => `and ${formatCount(count)} more`,
	untitled: 'A chat without a title',
	failed: 'The import has not worked',
	tooLarge: (name: string) =>
		`${name} is larger than 11 MB, more than a browser tab can hand over. Import it in the app’s own window, or zip it first.`
};
