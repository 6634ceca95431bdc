import type { Block } from '../lib/markdown/blocks';

/** The HTML of blocks, without what the components add. */
export function htmlOf(blocks: readonly Block[]): string {
	return blocks
		.map((block) => {
			switch (block.type) {
				case 'html':
				case 'table':
				case 'math':
					return block.html;
				case 'list':
					return block.items.map((item) => htmlOf(item.children)).join('');
				case 'notes':
					return block.notes.map((note) => htmlOf(note.children)).join('');
				case 'quote':
					return htmlOf(block.children);
				default:
					return '';
			}
		})
		.join('');
}
