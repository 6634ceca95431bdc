import { formatCount } from '../format';
import { plural } from './plural';

/** The models beside the search index, in the memory settings. */
export const memoryModels = {
	title: 'Search by meaning',
	none: 'None',
	rows: {
		embedding_model_path: {
			title: 'Embedding model',
			hint: 'Puts forward what is close in meaning. From your model folders.'
		},
		reranker_model_path: {
			title: 'Re-ranker',
			hint: 'Looks again at the first 50 of what was found. Slow without a GPU.'
		}
	},
	embedded: (done: number, total: number) =>
		done < total
			? `${formatCount(done)} of ${plural(total, 'message', 'messages')} done. It goes on while no answer comes.`
			: `${plural(total, 'message', 'messages')} done.`
};
