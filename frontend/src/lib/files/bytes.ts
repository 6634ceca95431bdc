/** Bytes on the wire are base64. */

/** A file as base64, read without a copy of it in script. */
export async function toBase64(blob: Blob): Promise<string> {
	return await new Promise((resolve, reject) => {
		const reader = new FileReader();
		reader.onload = () => {
			const address = typeof reader.result === 'string' ? reader.result : '';
			resolve(address.slice(address.indexOf(',') + 1));
		};
		reader.onerror = () => reject(reader.error ?? new Error('unreadable'));
		reader.readAsDataURL(blob);
	});
}

export function fromBase64(data: string, mediaType: string): Blob {
	const binary = atob(data);
	const bytes = new Uint8Array(binary.length);
	for (let index = 0; index < binary.length; index += 1) {
		bytes[index] = binary.charCodeAt(index);
	}
	return new Blob([bytes], { type: mediaType });
}
