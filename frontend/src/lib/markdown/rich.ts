/** Answers for other programs: HTML that needs no style sheet, formulas as the TeX that they are. */

import type { Block, ListBlock } from './blocks';
import { escapeHtml } from './renderer';
import { sanitizeProse } from './sanitize';
import { parseMarkdown } from './stream';

/** What a message says, as rich text. */
export function richText(markdown: string): string {
	return withStyles(richBlocks(parseMarkdown(markdown)));
}

/** What is selected on the page, as rich text. */
export function richSelection(selection: DocumentFragment): string {
	const page = document.createElement('div');
	page.append(selection);
	return withStyles(page);
}

function richBlocks(blocks: readonly Block[]): HTMLElement {
	const page = document.createElement('div');
	page.innerHTML = blocks.map(richBlock).join('');
	return page;
}

function richBlock(block: Block): string {
	switch (block.type) {
		case 'html':
		case 'table':
			return block.html;
		case 'math':
			return `<p>${block.html}</p>`;
		case 'code':
			return `<pre><code>${escapeHtml(block.code)}</code></pre>`;
		case 'plain':
			return `<p>${escapeHtml(block.pieces.join(''))}</p>`;
		case 'list':
			return richList(block);
		case 'quote':
			return `<blockquote>${block.children.map(richBlock).join('')}</blockquote>`;
		case 'notes':
			return block.notes
				.map(({ number, children }) => `<p>${number}. ${children.map(richBlock).join('')}</p>`)
				.join('');
		default:
			return block satisfies never;
	}
}

function richList({ ordered, start, items }: ListBlock): string {
	const inner = items.map(({ checked, children }) => {
		const box = checked === null ? '' : checked ? '☑ ' : '☐ ';
		return `<li>${box}${children.map(richBlock).join('')}</li>`;
	});
	return ordered ? `<ol start="${start}">${inner.join('')}</ol>` : `<ul>${inner.join('')}</ul>`;
}

/** The few that a mail or a document needs to look like what was copied. */
const STYLES: Readonly<Record<string, string>> = {
	PRE: 'font-family:monospace;white-space:pre-wrap',
	CODE: 'font-family:monospace',
	TABLE: 'border-collapse:collapse',
	TH: 'border:1px solid;padding:4px 8px',
	TD: 'border:1px solid;padding:4px 8px'
};

function withStyles(page: HTMLElement): string {
	for (const formula of page.querySelectorAll('.katex-display, .katex')) {
		const tex = formula.querySelector('annotation')?.textContent ?? '';
		const sign = formula.classList.contains('katex-display') ? '$$' : '$';
		formula.replaceWith(`${sign}${tex}${sign}`);
	}
	for (const control of page.querySelectorAll('button')) {
		const { cite } = control.dataset;
		const isNote = control.classList.contains('note');
		control.replaceWith(cite !== undefined ? `[${cite}]` : isNote ? control.textContent : '');
	}
	const clean = document.createElement('div');
	clean.innerHTML = sanitizeProse(page.innerHTML);
	for (const element of clean.querySelectorAll('*')) {
		const style = STYLES[element.tagName];
		if (style !== undefined) {
			element.setAttribute('style', style);
		}
		element.removeAttribute('target');
		element.removeAttribute('title');
		element.removeAttribute('rel');
	}
	return clean.innerHTML;
}
