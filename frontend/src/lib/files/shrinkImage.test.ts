import { expect, test } from 'vitest';

import { fromBase64, toBase64 } from './bytes';
import { fitWithin } from './shrinkImage';

test('an image keeps its shape and is never made larger', () => {
	expect(fitWithin(4000, 3000)).toEqual({ width: 1568, height: 1176 });
	expect(fitWithin(300, 4000)).toEqual({ width: 118, height: 1568 });
	expect(fitWithin(640, 480)).toEqual({ width: 640, height: 480 });
	expect(fitWithin(10_000, 1)).toEqual({ width: 1568, height: 1 });
});

test('bytes come back from base64 as they were', async () => {
	const blob = new Blob([new Uint8Array([0, 255, 10, 13, 128])]);
	const back = fromBase64(await toBase64(blob), 'image/png');
	expect([...new Uint8Array(await back.arrayBuffer())]).toEqual([0, 255, 10, 13, 128]);
	expect(back.type).toBe('image/png');
});
