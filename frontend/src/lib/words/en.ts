import { chat } from './en.chat';
import { chatMenu, chatSettings, composer, contextGauge } from './en.composer';
import { doctor } from './en.doctor';
import { failures } from './en.failures';
import { fit, loadMore } from './en.models';
import { imports } from './en.imports';
import { list, markdown } from './en.list';
import { search } from './en.search';
import { memory } from './en.memory';
import { serverPage } from './en.server';
import { shell } from './en.shell';

/** Every sentence on screen. Another language is an object of the same type. */
export const words = {
	...shell,
	imports,
	list,
	markdown,
	chat,
	chatMenu,
	chatSettings,
	composer,
	contextGauge,
	failures,
	fit,
	loadMore,
	doctor,
	search,
	memory,
	serverPage
};
