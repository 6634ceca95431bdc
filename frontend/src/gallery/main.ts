import '../styles/fonts.css';
import '../styles/tokens.css';
import '../styles/appearance.css';
import '../styles/base.css';

import { mount } from 'svelte';

import Gallery from './Gallery.svelte';

const target = document.getElementById('app');
if (target === null) {
	throw new Error('gallery.html has no #app.');
}
mount(Gallery, { target });
