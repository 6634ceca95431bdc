import type { Passage } from '../lib/backend/protocol';

function aPassage(title: string, day: string, text: string, matched: string): Passage {
	const start = text.indexOf(matched);
	return {
		conversation_id: title,
		conversation_title: title,
		message_id: 1,
		fact_id: '',
		role: 'user',
		created: new Date(day).getTime() / 1000,
		day,
		text,
		before: '',
		matches: [[start, start + matched.length]]
	};
}

export const PASSAGES: Passage[] = [
	aPassage(
		'Calibrating the SHT41 sensors',
		'2026-01-22',
		'…against the salt test the tent sensor reads 2.1 % high, so subtract 2.1 before you use the ' +
			'number anywhere else. The bench sensor is inside its tolerance…',
		'reads 2.1 % high'
	),
	aPassage(
		'ESP32 deep-sleep budget',
		'2026-02-04',
		'…the mister sits on GPIO 18 and must never run longer than 30 s, the tray floods after that…',
		'must never run longer than 30 s'
	),
	aPassage(
		'Greenhouse controller',
		'2026-03-09',
		'…tomatoes and chillies sown on 3 March, lights off at 22:00, heater holds 24 °C…',
		'sown on 3 March'
	)
];
