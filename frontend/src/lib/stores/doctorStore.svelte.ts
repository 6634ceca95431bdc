import type { Backend } from '../backend/backend';
import { asBackendError } from '../backend/errors';
import type { DoctorReport, ServerOnMachine } from '../backend/protocol';

/** Owns the last look over the installation. */
export class DoctorStore {
	/** `null`: nobody has looked yet. */
	report = $state.raw<DoctorReport | null>(null);
	isLooking = $state(false);
	/** Why the last look or the last end failed. */
	problem = $state<string | null>(null);

	#backend: Backend;

	constructor(backend: Backend) {
		this.#backend = backend;
	}

	async look(): Promise<void> {
		if (this.isLooking) {
			return;
		}
		this.isLooking = true;
		this.problem = null;
		try {
			this.report = await this.#backend.invoke('run_doctor', {});
		} catch (caught) {
			this.problem = asBackendError(caught).message;
		} finally {
			this.isLooking = false;
		}
	}

	/** Ends what this app left behind, and looks again. Whether it has gone. */
	async end({ pid, started }: ServerOnMachine): Promise<boolean> {
		try {
			await this.#backend.invoke('end_orphan', { pid, started });
		} catch (caught) {
			this.problem = asBackendError(caught).message;
			return false;
		}
		await this.look();
		return true;
	}
}
