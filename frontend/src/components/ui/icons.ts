/** Our own icons: a grid of 16, round strokes of 1.4, in `currentColor`. */

export type Shape =
	| { kind: 'path'; d: string }
	| { kind: 'ring'; x: number; y: number; r: number }
	| { kind: 'dot'; x: number; y: number; r: number }
	| { kind: 'box'; x: number; y: number; w: number; h: number; r: number }
	| { kind: 'block'; x: number; y: number; w: number; h: number; r: number };

function path(d: string): Shape {
	return { kind: 'path', d };
}

function ring(x: number, y: number, r: number): Shape {
	return { kind: 'ring', x, y, r };
}

function dot(x: number, y: number, r = 1.15): Shape {
	return { kind: 'dot', x, y, r };
}

function box(x: number, y: number, w: number, h: number, r: number): Shape {
	return { kind: 'box', x, y, w, h, r };
}

function block(x: number, y: number, w: number, h: number, r: number): Shape {
	return { kind: 'block', x, y, w, h, r };
}

export const icons = {
	compose: [
		path('M8.2 3H4.6A1.6 1.6 0 0 0 3 4.6v6.8A1.6 1.6 0 0 0 4.6 13h6.8a1.6 1.6 0 0 0 1.6-1.6V7.8'),
		path('M11.9 2.7a1.2 1.2 0 0 1 1.7 1.7L8.6 9.3l-2.3.6.6-2.3z')
	],
	download: [path('M8 2.4v7.8M4.6 6.9 8 10.3l3.4-3.4M2.8 13.4h10.4')],
	quote: [path('M3 3.4v9.2M6.2 5h7M6.2 8h7M6.2 11h4.4')],
	search: [ring(7, 7, 4.3), path('M10.2 10.2 13.6 13.6')],
	sidebar: [box(2, 3, 12, 10, 2.2), path('M6.2 3v10')],
	layers: [
		path('M8 2.2 14 5.3 8 8.4 2 5.3z'),
		path('M2.3 8.3 8 11.2l5.7-2.9'),
		path('M2.3 11 8 13.9 13.7 11')
	],
	pulse: [path('M1.6 8.6h2.7l2-5.2 3.3 9.2 1.8-4h3')],
	sliders: [
		path('M2.3 5h5.4M11.3 5h2.4M2.3 11h2.4M8.3 11h5.4'),
		ring(9.5, 5, 1.8),
		ring(6.5, 11, 1.8)
	],
	down: [path('M4.4 6.4 8 10l3.6-3.6')],
	up: [path('M4.4 9.6 8 6l3.6 3.6')],
	right: [path('M6.4 4.4 10 8l-3.6 3.6')],
	left: [path('M9.6 4.4 6 8l3.6 3.6')],
	upDown: [path('M5.2 6.1 8 3.4l2.8 2.7M5.2 9.9 8 12.6l2.8-2.7')],
	copy: [
		box(5.6, 5.6, 8, 8, 1.9),
		path('M3.5 10.4A1.5 1.5 0 0 1 2.4 9V3.9a1.5 1.5 0 0 1 1.5-1.5H9a1.5 1.5 0 0 1 1.4 1.1')
	],
	again: [path('M13.2 8.2A5.2 5.2 0 1 1 11.6 4.3l1.6 1.6'), path('M13.3 2.7v3.3H10')],
	branch: [
		ring(4.4, 3.6, 1.6),
		ring(4.4, 12.4, 1.6),
		ring(11.6, 5.2, 1.6),
		path('M4.4 5.2v5.6M11.6 6.8c0 2.6-4.4 2-6.5 4.2')
	],
	forward: [path('M3.4 3.4v9.2l5-4.6zM8.6 3.4v9.2l5-4.6z')],
	more: [dot(3.4, 8), dot(8, 8), dot(12.6, 8)],
	plus: [path('M8 3.2v9.6M3.2 8h9.6')],
	memory: [
		path('M2 3.4h12M4.4 3.4v9.4M8 3.4v7.4M11.6 3.4v9.4'),
		dot(4.4, 7.4, 1.5),
		dot(8, 10.6, 1.5),
		dot(11.6, 6.6, 1.5)
	],
	minus: [path('M3.2 8h9.6')],
	think: [
		path('M8.3 8.6a1 1 0 1 1 .9-1.4 2.9 2.9 0 1 1-4.9 2.4'),
		path('M4.3 9.6a5.2 5.2 0 1 1 9 .6')
	],
	send: [path('M8 13V3.4M3.8 7.5 8 3.3l4.2 4.2')],
	arrowDown: [path('M8 3v9.6M3.8 8.5 8 12.7l4.2-4.2')],
	stop: [block(3.5, 3.5, 9, 9, 1.6)],
	check: [path('M3 8.5 6.4 12 13 4.6')],
	x: [path('M4 4l8 8M12 4l-8 8')],
	alert: [path('M8 2.4 14.4 13.2H1.6z'), path('M8 6.5v3.1'), dot(8, 11.4, 0.8)],
	halt: [
		path('M5.4 2.2h5.2l3.2 3.2v5.2l-3.2 3.2H5.4l-3.2-3.2V5.4z'),
		path('M8 5v3.6'),
		dot(8, 10.9, 0.8)
	],
	info: [ring(8, 8, 5.9), path('M8 7.4v3.6'), dot(8, 5.2, 0.8)],
	folder: [
		path(
			'M2 4.6A1.6 1.6 0 0 1 3.6 3h2.5l1.6 1.9h4.7A1.6 1.6 0 0 1 14 6.5v4.9a1.6 1.6 0 0 1-1.6 1.6H3.6A1.6 1.6 0 0 1 2 11.4z'
		)
	],
	folderPlus: [
		path(
			'M2 4.6A1.6 1.6 0 0 1 3.6 3h2.5l1.6 1.9h4.7A1.6 1.6 0 0 1 14 6.5v4.9a1.6 1.6 0 0 1-1.6 1.6H3.6A1.6 1.6 0 0 1 2 11.4z'
		),
		path('M8 7v3.8M6.1 8.9h3.8')
	],
	eject: [path('M8 3.1 13 9.2H3z'), path('M3 12.6h10')],
	open: [
		path('M6.6 3H4.4a1.6 1.6 0 0 0-1.6 1.6v7a1.6 1.6 0 0 0 1.6 1.6h7a1.6 1.6 0 0 0 1.6-1.6V9.4'),
		path('M9.6 2.8h3.7v3.7M13.2 2.9 7.6 8.5')
	],
	eye: [path('M1.5 8S3.9 3.7 8 3.7 14.5 8 14.5 8 12.1 12.3 8 12.3 1.5 8 1.5 8z'), ring(8, 8, 1.9)],
	eyeOff: [
		path(
			'M3.2 5.8A11 11 0 0 0 1.5 8s2.4 4.3 6.5 4.3a6.6 6.6 0 0 0 2.6-.5M6.4 3.9A6.6 6.6 0 0 1 8 3.7c4.1 0 6.5 4.3 6.5 4.3a11 11 0 0 1-1.7 2.2'
		),
		path('M2.6 2.6l10.8 10.8')
	],
	wrench: [
		path(
			'M13.5 4.6a3.5 3.5 0 0 1-4.7 4.1l-4.4 4.4a1.35 1.35 0 0 1-1.9-1.9l4.4-4.4A3.5 3.5 0 0 1 11 2.1L9 4.2l.5 2 2 .5z'
		)
	],
	scatter: [path('M3 13V3M3 13h10.4'), dot(6.2, 9.6), dot(9, 5.4), dot(11.6, 8.4)],
	audio: [path('M2.6 6.4v3.2M5.3 4.2v7.6M8 2.4v11.2M10.7 5v6M13.4 6.6v2.8')],
	keyboard: [
		box(1.7, 4, 12.6, 8.2, 1.8),
		path('M4.3 6.8h.1M7 6.8h.1M9.6 6.8h.1M12 6.8h-.1M5 9.6h6')
	],
	brush: [
		path(
			'M13.3 2.7 7.4 8.6M6 8.6a2 2 0 0 1 2 2c0 1.6-1.3 2.6-3 2.6-1 0-2-.3-2.6-.8.9-.3 1.5-1 1.6-1.9A2 2 0 0 1 6 8.6z'
		)
	],
	key: [ring(5.2, 10.8, 2.7), path('M7.2 8.8 13.4 2.6M10.8 5.2l2 2')],
	shield: [path('M8 1.9 13 4v3.7c0 3.2-2.1 5.4-5 6.5-2.9-1.1-5-3.3-5-6.5V4z')],
	bubble: [
		path(
			'M3.6 2.8h8.8A1.6 1.6 0 0 1 14 4.4v5a1.6 1.6 0 0 1-1.6 1.6H7.6L4.4 13.6V11h-.8A1.6 1.6 0 0 1 2 9.4v-5a1.6 1.6 0 0 1 1.6-1.6z'
		)
	],
	trash: [path('M2.8 4.4h10.4M6.2 4.4V2.9h3.6v1.5M4 4.4l.6 8.8h6.8l.6-8.8')],
	pencil: [path('M11.4 2.6a1.4 1.4 0 0 1 2 2L5.6 12.4l-2.8.8.8-2.8z')],
	clock: [ring(8, 8, 5.9), path('M8 4.8V8l2.2 1.6')],
	file: [
		path('M9 2H4.9a1.5 1.5 0 0 0-1.5 1.5v9A1.5 1.5 0 0 0 4.9 14h6.2a1.5 1.5 0 0 0 1.5-1.5V5.6z'),
		path('M9 2v3.6h3.6')
	],
	image: [
		box(2, 2.8, 12, 10.4, 1.8),
		ring(5.7, 6.2, 1.1),
		path('M2.4 11.6 6 8.6l2.2 1.8 2.4-2.6 3.2 3.2')
	],
	terminal: [box(1.9, 2.9, 12.2, 10.2, 1.8), path('M4.6 6l2 2-2 2M8.4 10.2h3')],
	chip: [
		box(4, 4, 8, 8, 1.6),
		path('M6.2 1.9V4M9.8 1.9V4M6.2 12v2.1M9.8 12v2.1M1.9 6.2H4M1.9 9.8H4M12 6.2h2.1M12 9.8h2.1')
	],
	globe: [
		ring(8, 8, 5.9),
		path('M2.1 8h11.8M8 2.1c2 2 2.7 3.8 2.7 5.9S10 11.9 8 13.9C6 11.9 5.3 10.1 5.3 8S6 4.1 8 2.1z')
	],
	pause: [path('M5.6 3.4v9.2M10.4 3.4v9.2')],
	play: [path('M5 3.2v9.6L12.6 8z')],
	link: [
		path('M6.7 9.3a2.6 2.6 0 0 0 3.7 0l2.1-2.1a2.6 2.6 0 0 0-3.7-3.7L8 4.3'),
		path('M9.3 6.7a2.6 2.6 0 0 0-3.7 0L3.5 8.8a2.6 2.6 0 0 0 3.7 3.7l.8-.8')
	],
	disk: [
		path(
			'M2.2 9.2 4 3.9A1.5 1.5 0 0 1 5.4 2.9h5.2A1.5 1.5 0 0 1 12 3.9l1.8 5.3v2.5a1.4 1.4 0 0 1-1.4 1.4H3.6a1.4 1.4 0 0 1-1.4-1.4z'
		),
		path('M2.4 9.2h11.2'),
		dot(11.3, 11.2, 0.8)
	],
	pin: [path('M6 2.2h4M6.6 2.2v4L4.3 8.8h7.4L9.4 6.2v-4M8 8.8v5')],
	undo: [path('M5.4 3 2.4 6l3 3'), path('M2.6 6h7a4 4 0 0 1 0 8H6.4')],
	wrap: [path('M2.6 4h10.8M2.6 8h8.2a2 2 0 0 1 0 4H8.2M9.8 10.4 8.2 12l1.6 1.6M2.6 12h2.6')]
} as const satisfies Record<string, readonly Shape[]>;

export type IconName = keyof typeof icons;
