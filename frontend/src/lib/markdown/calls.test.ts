import { describe, expect, it } from 'vitest';

import { highlight } from './highlight';

async function coloured(code: string, language: string): Promise<Record<string, string>> {
	const page = document.createElement('div');
	page.innerHTML = (await highlight(code, language)) ?? '';
	expect(page.textContent).toBe(code);
	return Object.fromEntries(
		[...page.querySelectorAll('span')].map((span) => [span.textContent, span.className])
	);
}

describe('what is called', () => {
	it('is coloured as a function, what begins like a class as one', async () => {
		const classes = await coloured(
			'from x import y\nLOG = Path("a(b)")\nw.writerow(vpd(1 < 2, float(rh)))',
			'python'
		);
		expect(classes).toMatchObject({
			Path: 'hljs-title class_',
			writerow: 'hljs-title function_',
			vpd: 'hljs-title function_',
			float: 'hljs-built_in'
		});
	});

	it('is told from a type that is only named', async () => {
		expect(await coloured('def f(x: float) -> str:\n    return x', 'python')).toMatchObject({
			float: 'hljs-type',
			str: 'hljs-type'
		});
	});

	it('is nothing within strings and comments, and in languages that call otherwise', async () => {
		const classes = await coloured('import x\nx = "run(1)"  # see run(2)', 'python');
		expect(classes).not.toHaveProperty('run');
		expect(await coloured('a { color: rgb(1 2 3) }', 'css')).not.toHaveProperty(
			'rgb',
			'hljs-title'
		);
	});
});
