import type { Message, ServerFailure } from '../../lib/backend/protocol';

/** A crash and the end of the answer that it cut short are told moments after each other. */
const SAME_MOMENT_SECONDS = 15;

/** When an answer ended that was not gone on with, in seconds since 1970. */
export function endOf({ created, stats }: Message): number {
	return created + (stats?.total_seconds ?? 0);
}

/**
 * The crash that cut this answer short; `null`: it was something else.
 *
 * An answer that was gone on with ended long after it was begun, when its chat was changed last.
 */
export function crashOf(
	message: Message,
	crash: ServerFailure | null,
	chatChanged: number | null
): ServerFailure | null {
	const ends = chatChanged === null ? [endOf(message)] : [endOf(message), chatChanged];
	const isThis = ends.some((end) => crash && Math.abs(crash.time - end) < SAME_MOMENT_SECONDS);
	return isThis ? crash : null;
}
