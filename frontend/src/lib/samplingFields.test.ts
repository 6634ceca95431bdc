import { expect, test } from 'vitest';

import {
	formatField,
	LENGTH_FIELD,
	readField,
	readStop,
	SAMPLING_FIELDS,
	stopText
} from './samplingFields';

const [temperature] = SAMPLING_FIELDS;

test('a number is read as people write it', () => {
	expect(temperature && readField(temperature, ' 0,7 ')).toBe(0.7);
	expect(temperature && readField(temperature, '.5')).toBe(0.5);
	expect(temperature && readField(temperature, '')).toBeNull();
});

test('what is no number of the field is told apart from nothing', () => {
	for (const text of ['-1', '11', 'warm', '1e3', '0x1', '0.']) {
		expect(temperature && readField(temperature, text), text).toBe(text === '0.' ? 0 : undefined);
	}
	expect(readField(LENGTH_FIELD, '0')).toBeUndefined();
	expect(readField(LENGTH_FIELD, '1.5')).toBeUndefined();
});

test('a number is shown without the dust of its steps', () => {
	expect(formatField(0.1 + 0.2)).toBe('0.3');
	expect(formatField(40)).toBe('40');
});

test('stop words are written one on each line, whatever is in them', () => {
	const words = ['###', '\n\nUser:', 'a\\n'];
	expect(readStop(stopText(words))).toEqual(words);
	expect(readStop('one\n\ntwo\n')).toEqual(['one', 'two']);
});
