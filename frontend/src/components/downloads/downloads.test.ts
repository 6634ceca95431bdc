import { screen, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, test } from 'vitest';

import { BackendError } from '../../lib/backend/errors';
import { FakeBackend } from '../../lib/backend/fake';
import type { Download, HubRepo, QuantizationFit } from '../../lib/backend/protocol';
import { renderWithStores } from '../../testing/renderWithStores';
import DownloadsSection from './DownloadsSection.svelte';
import ModelFinder from './ModelFinder.svelte';
import { remarkOn, suggestedName } from './suggested';

function aDownload(change: Partial<Download> = {}): Download {
	return {
		id: 'a',
		title: 'Phi-4 mini',
		quantization: 'Q8_0',
		repo: 'microsoft/phi',
		folder: '/m',
		size_bytes: 4_100_000_000,
		done_bytes: 2_300_000_000,
		state: { type: 'fetching', bytes_per_second: 38_000_000, seconds_left: 47, trouble: null },
		...change
	};
}

const REPO: HubRepo = {
	repo: 'ggml-org/gemma-3-12b-it-GGUF',
	commit: '0'.repeat(40),
	is_gated: false,
	downloads: 5,
	likes: 1,
	license: 'gemma',
	parameter_count: 12_200_000_000,
	context_length: 131_072,
	architecture: 'gemma3',
	has_vision: true,
	quantizations: [
		{ name: 'Q3_K_M', size_bytes: 6_000_000_000, files: [], missing_parts: [] },
		{ name: 'Q4_K_M', size_bytes: 7_300_000_000, files: [], missing_parts: [] },
		{ name: 'F16', size_bytes: 23_500_000_000, files: [], missing_parts: [2] }
	],
	projectors: [{ path: 'mmproj-f16.gguf', size_bytes: 900_000_000, sha256: null }]
};

let backend: FakeBackend;

beforeEach(() => {
	backend = new FakeBackend()
		.answer('get_downloads', () => ({ downloads: [], folder: '/m', free_bytes: 0 }))
		.answer('get_hub_access', () => ({
			endpoint: 'https://huggingface.co',
			token_place: 'none',
			has_keychain: false
		}));
});

function show(...downloads: Download[]): void {
	backend.setSnapshot('downloads', { downloads, folder: '/m', free_bytes: 214_000_000_000 });
}

describe('a download', () => {
	test('says how far it is, how fast, and how long it takes', async () => {
		show(aDownload());
		backend.answer('pause_download', () => aDownload());
		const { user } = renderWithStores(DownloadsSection, { backend });
		const row = screen.getByRole('listitem', { name: 'Phi-4 mini Q8_0' });
		expect(row).toHaveTextContent(/2\.3 of 4\.1.GB/);
		expect(row).toHaveTextContent(/38\.0.MB\/s/);
		expect(row).toHaveTextContent(/47.s left/);
		expect(screen.getByText(/1 of 1 running, 214.GB free/)).toBeInTheDocument();

		await user.click(within(row).getByRole('button', { name: 'Pause Phi-4 mini Q8_0' }));
		expect(backend.callsOf('pause_download')).toEqual([{ download_id: 'a' }]);
	});

	test('tells each of its states in words', () => {
		show(
			aDownload({ id: '1', state: { type: 'queued' } }),
			aDownload({ id: '2', state: { type: 'paused' } }),
			aDownload({ id: '3', state: { type: 'checking', checked_bytes: 4_100_000_000 } }),
			aDownload({ id: '4', state: { type: 'no_room', missing_bytes: 900_000_000 } }),
			aDownload({ id: '5', state: { type: 'failed', code: 'offline', message: 'No way.' } }),
			aDownload({ id: '6', state: { type: 'finished', path: '/m/x.gguf', is_checked: true } })
		);
		renderWithStores(DownloadsSection, { backend });
		const texts = screen.getAllByRole('listitem').map((row) => row.textContent);
		expect(texts[0]).toContain('Queued');
		expect(texts[1]).toContain('Paused');
		expect(texts[2]).toMatch(/Checking 100.%/);
		expect(texts[3]).toMatch(/Needs 900.MB more\s*2\.3 of 4\.1.GB kept/);
		expect(texts[4]).toContain('No way.');
		expect(texts[5]).toContain('Downloaded and checked');
	});

	test('without a connection says why it waits', () => {
		show(
			aDownload({
				state: {
					type: 'fetching',
					bytes_per_second: null,
					seconds_left: null,
					trouble: 'hf.co cannot be reached.'
				}
			})
		);
		renderWithStores(DownloadsSection, { backend });
		expect(screen.getByText('hf.co cannot be reached.')).toBeInTheDocument();
	});

	test('that cannot be cancelled says so', async () => {
		show(aDownload());
		backend.answer('cancel_download', () => {
			throw new BackendError('storage_failed', 'The disk is gone.');
		});
		const { stores, user } = renderWithStores(DownloadsSection, { backend });
		await user.click(screen.getByRole('button', { name: /Cancel the download/ }));
		await expect.poll(() => stores.toasts.current?.text).toBe('The disk is gone.');
	});
});

test('the speed limit is a setting', async () => {
	show(aDownload());
	const { user } = renderWithStores(DownloadsSection, { backend });
	await user.selectOptions(screen.getByRole('combobox', { name: 'Speed limit' }), '5000000');
	expect(backend.callsOf('update_settings')).toEqual([{ download_limit_bytes: 5_000_000 }]);
});

describe('the finder', () => {
	async function find(): Promise<ReturnType<typeof renderWithStores>> {
		show();
		backend
			.answer('search_hub', () => [
				{
					repo: REPO.repo,
					downloads: 412_345,
					likes: 1,
					is_gated: false,
					has_vision: true,
					parameter_count: null,
					may_fit: null
				}
			])
			.answer('get_hub_model', () => REPO)
			.answer('estimate_hub_model', () => ({
				context_size: 16_384,
				fits: [
					{
						name: 'Q4_K_M',
						verdict: 'partly',
						layer_count: 49,
						gpu_layers: 37,
						expert_layers_in_ram: 0,
						needed_bytes: 9_000_000_000,
						available_bytes: 20_000_000_000
					},
					{
						name: 'Q3_K_M',
						verdict: 'gpu',
						layer_count: 49,
						gpu_layers: 49,
						expert_layers_in_ram: 0,
						needed_bytes: 7_900_000_000,
						available_bytes: 11_100_000_000
					}
				]
			}))
			.answer('start_download', () => aDownload());
		const rendered = renderWithStores(ModelFinder, {
			backend,
			props: { onclose: () => undefined }
		});
		expect(backend.callsOf('search_hub')).toEqual([]);
		await rendered.user.keyboard('gemma 3{Enter}');
		return rendered;
	}

	test('asks when it is told to, and downloads what is chosen with its vision part', async () => {
		const { user } = await find();
		expect(backend.callsOf('search_hub')).toEqual([{ query: 'gemma 3' }]);
		await user.click(await screen.findByRole('button', { name: /gemma-3-12b-it-GGUF/ }));
		expect(screen.getByText(/412k downloads/)).toBeInTheDocument();
		expect(await screen.findByRole('radio', { name: /Q4_K_M/ })).toBeChecked();
		expect(screen.getByRole('radio', { name: /F16/ })).toBeDisabled();
		expect(
			await screen.findByRole('radio', { name: /Q3_K_M.*Fits on GPU.*7\.9 of 11\.1.GB/ })
		).toBeInTheDocument();
		expect(screen.getByRole('radio', { name: /Q4_K_M.*37 of 49 layers/ })).toBeInTheDocument();
		expect(screen.getByText('with 16k context')).toBeInTheDocument();

		await user.click(screen.getByRole('radio', { name: /Q3_K_M/ }));
		await user.click(screen.getByRole('button', { name: /Download 6\.9.GB/ }));
		expect(backend.callsOf('start_download')).toEqual([
			{ repo: REPO.repo, quantization: 'Q3_K_M', with_projector: true }
		]);
	});

	test('without a connection says so and can be asked again', async () => {
		show();
		backend.answer('search_hub', () => {
			throw new BackendError('offline', 'huggingface.co cannot be reached.');
		});
		const { user } = renderWithStores(ModelFinder, {
			backend,
			props: { onclose: () => undefined }
		});
		await user.keyboard('gemma{Enter}');
		expect(await screen.findByRole('alert')).toHaveTextContent('Offline');
		await user.click(screen.getByRole('button', { name: 'Try again' }));
		expect(backend.callsOf('search_hub')).toHaveLength(2);
	});

	test('takes the address of a file, and says why it cannot be fetched', async () => {
		show();
		backend.answer('start_url_download', () => {
			throw new BackendError('address_refused', 'example.org is not asked.');
		});
		const { user } = renderWithStores(ModelFinder, {
			backend,
			props: { onclose: () => undefined }
		});
		await user.keyboard('http://example.org/a.gguf{Enter}');
		await user.click(screen.getByRole('button', { name: 'Download this file' }));
		expect(await screen.findByRole('alert')).toHaveTextContent('example.org is not asked.');
		expect(backend.callsOf('search_hub')).toEqual([]);
	});

	test('keeps a token, says where, and never shows it', async () => {
		show();
		backend.answer('save_hub_token', () => ({
			endpoint: 'https://huggingface.co',
			token_place: 'file',
			has_keychain: false
		}));
		const { user } = renderWithStores(ModelFinder, {
			backend,
			props: { onclose: () => undefined }
		});
		const section = screen.getByRole('region', { name: 'Access to gated models' });
		expect(await within(section).findByText(/will be kept in a file/)).toBeInTheDocument();
		const field = within(section).getByLabelText('Access token');
		expect(field).toHaveAttribute('type', 'password');
		await user.type(field, 'hf_abc');
		await user.click(within(section).getByRole('button', { name: 'Save token' }));
		expect(backend.callsOf('save_hub_token')).toEqual([{ token: 'hf_abc' }]);
		expect(await within(section).findByText(/it is kept in a file/)).toBeInTheDocument();
		expect(field).toHaveValue('');
	});
});

test('about four bits are suggested, else the smallest that is whole', () => {
	const [small, usual] = REPO.quantizations;
	expect(suggestedName(REPO.quantizations)).toBe('Q4_K_M');
	expect(suggestedName(small === undefined ? [] : [small])).toBe('Q3_K_M');
	expect(suggestedName(usual === undefined ? [] : [{ ...usual, missing_parts: [1] }])).toBeNull();
});

function aFit(change: Partial<QuantizationFit> = {}): QuantizationFit {
	return {
		name: 'Q4_K_M',
		verdict: 'gpu',
		layer_count: 40,
		gpu_layers: 40,
		expert_layers_in_ram: 0,
		needed_bytes: 8_000_000_000,
		available_bytes: 12_000_000_000,
		...change
	};
}

test('what would not fit is not suggested while something else does', () => {
	const fits = [aFit({ verdict: 'too_large' }), aFit({ name: 'Q3_K_M' })];
	expect(suggestedName(REPO.quantizations, fits)).toBe('Q3_K_M');
	const none = fits.map((fit) => ({ ...fit, verdict: 'too_large' as const }));
	expect(suggestedName(REPO.quantizations, none)).toBe('Q4_K_M');
});

test('a file that is tight, slow or of few bits is remarked on', () => {
	expect(remarkOn('Q4_K_M', aFit())).toBeNull();
	expect(remarkOn('Q4_K_M', null)).toBeNull();
	expect(remarkOn('Q4_K_M', aFit({ needed_bytes: 11_500_000_000 }))).toBe('tight');
	expect(remarkOn('Q8_0', aFit({ verdict: 'partly', gpu_layers: 30 }))).toBe('slow');
	expect(remarkOn('F16', aFit({ verdict: 'partly', gpu_layers: 10 }))).toBe('very_slow');
	expect(remarkOn('UD-IQ2_XXS', aFit())).toBe('worse');
	expect(remarkOn('Q3_K_M', aFit({ verdict: 'too_large' }))).toBe('worse');
});
