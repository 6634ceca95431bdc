import type { Attachment } from '../../lib/backend/protocol';
import { words } from '../../lib/words/en';

/** How large a file is, in what the model feels of it. */
export function noteOf({ token_count, width, height, size_bytes }: Attachment): string {
	if (token_count !== null) {
		return words.composer.tokens(token_count);
	}
	if (width !== null && height !== null) {
		return words.composer.pixels(width, height);
	}
	return words.composer.size(size_bytes);
}
