import type { Attachment } from 'svelte/attachments';

import { sortDropped } from '../../lib/modelDrop';

/**
 * Files may be dropped anywhere over the main part. Elsewhere the window takes none, and never
 * opens one in the place of the page. To be attached to any element; the whole window is heard.
 */
export function dropTarget(
	ondragging: (isDragging: boolean) => void,
	onfiles: (files: File[]) => void
): Attachment<HTMLElement> {
	return (element) => {
		function isOver(event: DragEvent): boolean {
			const main = element.closest('main');
			const isModal = document.querySelector('dialog[open]') !== null;
			return !isModal && event.target instanceof Node && (main?.contains(event.target) ?? false);
		}

		function ondragover(event: DragEvent): void {
			if (event.dataTransfer?.types.includes('Files')) {
				event.preventDefault();
				event.dataTransfer.dropEffect = isOver(event) ? 'copy' : 'none';
				ondragging(isOver(event));
			}
		}

		function ondragleave(event: DragEvent): void {
			// Nothing comes after it: the files have left the window.
			if (event.relatedTarget === null) {
				ondragging(false);
			}
		}

		function ondrop(event: DragEvent): void {
			ondragging(false);
			const { files } = sortDropped(event.dataTransfer);
			if (event.dataTransfer?.types.includes('Files')) {
				event.preventDefault();
				if (isOver(event) && files.length > 0) {
					onfiles(files);
				}
			}
		}

		window.addEventListener('dragover', ondragover);
		window.addEventListener('dragleave', ondragleave);
		window.addEventListener('drop', ondrop);
		return () => {
			window.removeEventListener('dragover', ondragover);
			window.removeEventListener('dragleave', ondragleave);
			window.removeEventListener('drop', ondrop);
		};
	};
}
