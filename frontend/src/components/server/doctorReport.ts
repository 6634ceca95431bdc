import type { DoctorGroup, DoctorLine, DoctorReport } from '../../lib/backend/protocol';
import { formatBytes } from '../../lib/format';
import { words } from '../../lib/words/en';

/** The lines by what they are about, in the order in which they came. */
export function groupLines(report: DoctorReport): { group: DoctorGroup; lines: DoctorLine[] }[] {
	const groups: { group: DoctorGroup; lines: DoctorLine[] }[] = [];
	for (const line of report.lines) {
		const last = groups.at(-1);
		if (last?.group === line.group) {
			last.lines.push(line);
		} else {
			groups.push({ group: line.group, lines: [line] });
		}
	}
	return groups;
}

/** The report as text, for whoever is asked for help. */
export function describeReport(report: DoctorReport): string {
	const lines = report.lines.flatMap(({ finding, title, detail, cure }) => [
		`${finding.toUpperCase().padEnd(4)}  ${title}: ${detail}`,
		...(cure === null ? [] : [`      -> ${cure}`])
	]);
	const servers = report.servers.map((server) => {
		const memory = server.memory_bytes === null ? '' : `, ${formatBytes(server.memory_bytes)}`;
		const port = server.port === null ? '' : `, port ${server.port}`;
		return `      ${server.pid}: ${words.doctor.owners[server.ownership]}${port}${memory}`;
	});
	return [`Llama Desktop ${report.version}, ${report.system}`, '', ...lines, ...servers].join('\n');
}
