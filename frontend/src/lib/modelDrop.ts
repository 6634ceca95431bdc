import { isModelFile } from './stores/droppedModels.svelte';

/**
 * Hears files that are dropped anywhere: the window never opens one in the place of the page, and
 * model files are handed on. Returns the function that stops hearing.
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
		const name = [...(event.dataTransfer?.files ?? [])].find((file) =>
			isModelFile(file.name)
		)?.name;
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
