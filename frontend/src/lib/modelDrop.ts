/** What was dropped, told apart by who takes it. */
export interface Dropped {
	/** Names of model files and of folders: the app itself adds them to the library. */
	models: string[];
	/** All others, to be attached. */
	files: File[];
}

/** Tells apart what a drop brings. A folder looks like a file whose content nobody may read. */
export function sortDropped(transfer: DataTransfer | null): Dropped {
	const dropped: Dropped = { models: [], files: [] };
	for (const item of transfer?.items ?? []) {
		const file = item.kind === 'file' ? item.getAsFile() : null;
		if (file === null) {
			continue;
		}
		if (isModelFile(file.name) || item.webkitGetAsEntry()?.isDirectory) {
			dropped.models.push(file.name);
		} else {
			dropped.files.push(file);
		}
	}
	return dropped;
}

function isModelFile(name: string): boolean {
	return /\.gguf$/i.test(name);
}

/**
 * Hears files that are dropped anywhere: the window never opens one in the place of the page, and
 * model files and folders are handed on. Returns the function that stops hearing.
 */
export function hearModelDrops(target: Window, ontake: (name: string) => void): () => void {
	function isWanted(event: DragEvent): boolean {
		return event.dataTransfer?.types.includes('Files') ?? false;
	}

	function ondragover(event: DragEvent): void {
		if (isWanted(event) && event.dataTransfer) {
			event.preventDefault();
			event.dataTransfer.dropEffect = 'copy';
		}
	}

	function ondrop(event: DragEvent): void {
		if (!isWanted(event)) {
			return;
		}
		event.preventDefault();
		const [name] = sortDropped(event.dataTransfer).models;
		if (name !== undefined) {
			ontake(name);
		}
	}

	target.addEventListener('dragover', ondragover);
	target.addEventListener('drop', ondrop);
	return () => {
		target.removeEventListener('dragover', ondragover);
		target.removeEventListener('drop', ondrop);
	};
}
