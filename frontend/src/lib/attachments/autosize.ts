import type { Attachment } from 'svelte/attachments';

/**
 * A text field as high as its text, up to what its style sheet allows. Runs again whenever `text`
 * changes, also when it was not typed.
 */
export function autosize(text: string): Attachment<HTMLTextAreaElement> {
	return (field) => {
		function fit(): void {
			field.style.height = 'auto';
			field.style.height = `${field.scrollHeight}px`;
		}

		// Read, so that the attachment follows it.
		if (field.value === text) {
			fit();
		}
		let { clientWidth } = field;
		const observer = new ResizeObserver(() => {
			if (field.clientWidth !== clientWidth) {
				clientWidth = field.clientWidth;
				fit();
			}
		});
		observer.observe(field);
		return () => observer.disconnect();
	};
}
