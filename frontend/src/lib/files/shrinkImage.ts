/** Makes an image as small as a model can use, in a format that its eyes can read. */

export interface ShrunkImage {
	blob: Blob;
	/** The name with the ending of the new format. */
	name: string;
	width: number;
	height: number;
}

/** Models look at no more than this; the longest side of what is sent. */
const MOST_PIXELS = 1568;
/** A PNG above this is sent as JPEG: it is a photo, or nearly one. */
const MOST_PNG_BYTES = 1_500_000;
const JPEG_QUALITY = 0.9;
const WHITE = 'white';

/** Draws, so a drawing's sharp edges stay sharp. */
const LOSSLESS: ReadonlySet<string> = new Set(['image/png', 'image/gif', 'image/bmp']);

/** The size within the longest side; never larger than it was. */
export function fitWithin(width: number, height: number): { width: number; height: number } {
	const share = Math.min(1, MOST_PIXELS / Math.max(width, height));
	return {
		width: Math.max(1, Math.round(width * share)),
		height: Math.max(1, Math.round(height * share))
	};
}

/**
 * Always drawn anew: turned as its camera says, without the places and names that cameras write
 * into pictures, and as PNG or JPEG, which is all that llama-server can read.
 * Rejects what is no image.
 */
export async function shrinkImage(file: File): Promise<ShrunkImage> {
	const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' });
	try {
		const { width, height } = fitWithin(bitmap.width, bitmap.height);
		const canvas = document.createElement('canvas');
		canvas.width = width;
		canvas.height = height;
		const blob = await draw(canvas, bitmap, LOSSLESS.has(file.type));
		return { blob, name: renamed(file.name, blob.type), width, height };
	} finally {
		bitmap.close();
	}
}

async function draw(
	canvas: HTMLCanvasElement,
	bitmap: ImageBitmap,
	isLossless: boolean
): Promise<Blob> {
	const context = canvas.getContext('2d');
	if (context === null) {
		throw new Error('no canvas');
	}
	context.imageSmoothingQuality = 'high';
	if (isLossless) {
		context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
		const png = await toBlob(canvas, 'image/png');
		if (png.size <= MOST_PNG_BYTES) {
			return png;
		}
	}
	// JPEG knows no transparency; without this, it would be black.
	context.fillStyle = WHITE;
	context.fillRect(0, 0, canvas.width, canvas.height);
	context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
	return await toBlob(canvas, 'image/jpeg');
}

async function toBlob(canvas: HTMLCanvasElement, type: string): Promise<Blob> {
	return await new Promise((resolve, reject) => {
		canvas.toBlob(
			(blob) => (blob === null ? reject(new Error('no picture')) : resolve(blob)),
			type,
			JPEG_QUALITY
		);
	});
}

function renamed(name: string, type: string): string {
	const stem = name.replace(/\.[^.]*$/, '') || name;
	return `${stem}.${type === 'image/png' ? 'png' : 'jpg'}`;
}
