import { describe, expect, test } from 'vitest';

import { fakeMessage } from '../../lib/backend/fakeValues';
import type { ServerFailure } from '../../lib/backend/protocol';
import { failed } from '../../testing/values';
import { crashOf, endOf } from './crashOf';

const HOUR = 3600;
const answer = fakeMessage(2, { status: 'failed' });
const end = endOf(answer);

function crashAt(time: number): ServerFailure {
	return failed({ time }).failure;
}

describe('the crash that cut an answer', () => {
	test('is the one that came when the answer ended', () => {
		const crash = crashAt(end + 2);
		expect(crashOf(answer, crash, null)).toBe(crash);
		expect(crashOf(answer, crash, end + HOUR)).toBe(crash);
	});

	test('is also found below an answer that was gone on with an hour later', () => {
		const crash = crashAt(end + HOUR);
		expect(crashOf(answer, crash, end + HOUR + 1)).toBe(crash);
	});

	test('is not one that came when neither the answer ended nor its chat changed', () => {
		expect(crashOf(answer, crashAt(end + HOUR), end)).toBeNull();
		expect(crashOf(answer, null, end)).toBeNull();
	});
});
