/** KaTeX with its fonts, a part of the page by itself: most chats need none of it. */
import 'katex/dist/katex.min.css';

export { default } from 'katex';
