import type { ServerFailure } from '../../lib/backend/protocol';

/** A failure as text, for whoever is asked for help. The key is in none of it. */
export function describeFailure(failure: ServerFailure, log: readonly string[] = []): string {
	const facts: [string, string | null][] = [
		['cause', `${failure.cause}: ${failure.headline}`],
		['message', failure.message],
		['ended with', failure.exit_words],
		['when', `${failure.while_loading ? 'while loading' : 'while running'}, ${when(failure)}`],
		['attempt', String(failure.attempt)],
		['engine', engineOf(failure)],
		['command', failure.command.length > 0 ? failure.command.join(' ') : null]
	];
	const head = facts.flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]));
	const lines = log.length > 0 ? log : failure.log_tail;
	return [...head, '', ...lines].join('\n');
}

function when(failure: ServerFailure): string {
	return new Date(failure.time * 1000).toISOString();
}

function engineOf({ engine_path: path, engine_version: version }: ServerFailure): string | null {
	return path === null ? null : [path, version].filter(Boolean).join(', ');
}
