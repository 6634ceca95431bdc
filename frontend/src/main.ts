import './styles/fonts.css';
import './styles/tokens.css';
import './styles/appearance.css';
import './styles/base.css';

import { mount } from 'svelte';

import App from './App.svelte';
import { HttpBackend } from './lib/backend/http';
import { takeToken } from './lib/backend/token';

const target = document.getElementById('app');
if (target === null) {
	throw new Error('index.html has no #app.');
}
const backend = new HttpBackend(location.origin, takeToken(window));
mount(App, { target, props: { backend } });
