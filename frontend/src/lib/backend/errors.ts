import type { ErrorCode } from './protocol';

/** Codes that are born in the page: the app did not answer, or not in our words. */
type PageErrorCode = 'unreachable' | 'aborted' | 'bad_answer';

export type BackendErrorCode = ErrorCode | PageErrorCode;

/** Every failure of `invoke`. Match on `code`; `message` is a sentence for people. */
export class BackendError extends Error {
	readonly code: BackendErrorCode;
	readonly details: Readonly<Record<string, unknown>>;

	constructor(
		code: BackendErrorCode,
		message: string,
		details: Readonly<Record<string, unknown>> = {}
	) {
		super(message);
		this.name = 'BackendError';
		this.code = code;
		this.details = details;
	}
}

/** Gives what was caught as a `BackendError`; anything else is a defect of ours and goes on. */
export function asBackendError(caught: unknown): BackendError {
	if (caught instanceof BackendError) {
		return caught;
	}
	throw caught;
}
