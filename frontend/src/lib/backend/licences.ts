/** A part that the app is made with, as `scripts/licences.py` has collected it. */
export interface LicensedPart {
	name: string;
	version: string;
	/** In one line; empty where the package does not say. */
	licence: string;
	/** Empty where the package brings none. */
	text: string;
}

/** All parts, by name; fails where the page was built without the list. */
export async function readLicences(): Promise<LicensedPart[]> {
	const answer = await fetch('./licences.json');
	if (!answer.ok) {
		throw new Error(`The list of licences is missing: ${answer.status}.`);
	}
	return (await answer.json()) as LicensedPart[];
}
