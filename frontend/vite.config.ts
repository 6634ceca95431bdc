import { fileURLToPath } from 'node:url';

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** Where the core answers while the page comes from Vite (`npm run dev`). */
const core = process.env['LLAMA_DESKTOP_CORE'];

/** Every engine that we meet reads woff2; KaTeX's other two kinds of fonts would only weigh. */
const woff2Only: Plugin = {
	name: 'woff2-only',
	enforce: 'pre',
	transform(code, id) {
		return id.includes('katex') && id.endsWith('.css')
			? code.replace(/,url\([^)]*\.(?:woff|ttf)\) format\("[a-z]+"\)/g, '')
			: null;
	}
};

export default defineConfig({
	root: fileURLToPath(new URL('.', import.meta.url)),
	base: './',
	plugins: [svelte(), svelteTesting(), woff2Only],
	build: {
		outDir: 'dist',
		emptyOutDir: true,
		// WebView2 follows Edge; WKWebView and WebKitGTK are the oldest engines that we meet.
		target: ['chrome109', 'safari16.4'],
		// The content security policy allows fonts and images as files, not as data in the style sheet.
		assetsInlineLimit: 0,
		modulePreload: { polyfill: false }
	},
	server: core
		? {
				host: '127.0.0.1',
				proxy: {
					// The core answers only its own origin.
					'/api': { target: core, changeOrigin: true, ws: true, headers: { origin: core } }
				}
			}
		: {},
	test: {
		environment: 'happy-dom',
		include: ['src/**/*.test.ts'],
		setupFiles: ['./vitest.setup.ts'],
		restoreMocks: true
	}
});
