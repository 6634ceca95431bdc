import type { Backend } from '../backend/backend';
import { BackendError } from '../backend/errors';
import type { ExportedFile } from '../backend/protocol';

/**
 * Gives a text to the person as a file: by the native dialog where there is one, else as a download.
 * Answers whether it was given; `false`: the person cancelled.
 */
export async function saveText(backend: Backend, file: ExportedFile): Promise<boolean> {
	try {
		const path = await backend.invoke('save_file', { name: file.name, text: file.text });
		return path !== null;
	} catch (caught) {
		if (!(caught instanceof BackendError && caught.code === 'no_window')) {
			throw caught;
		}
	}
	const link = document.createElement('a');
	link.href = URL.createObjectURL(new Blob([file.text], { type: file.media_type }));
	link.download = file.name;
	link.click();
	// The browser reads it after this task.
	setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
	return true;
}
