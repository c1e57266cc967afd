// Checks that the package is proven, and that the proof is about this very code: `conformance.json` is in the package,
// its runs cover the packed sources, with the current kits, and the README shows the results. A package whose ports have no
// kit has nothing to prove, and the outcome says so.
import {
  type ConformanceReport,
  type ConformanceRunReport,
  renderReport,
  sourceDigest,
} from '@millrace/testing/conformance';
import type { PluginCheck, Problem } from '../plugin-check.ts';
import type { PluginTarball } from '../plugin-tarball.ts';
import { hasKit, KIT_VERSIONS, providedPorts } from './provided-ports.ts';
import { readmeOf } from './text-check.ts';

const AGAIN = 'run the conformance tests again (MILLRACE_CONFORMANCE_REPORT=1, or npm run conformance)';

/** `conformance`: fresh results without failures. */
export const CONFORMANCE_RESULTS_CHECK: PluginCheck = {
  id: 'conformance',
  title: 'conformance results are there, fresh, and without failures',
  find: (plugin) => {
    const text = plugin.text('conformance.json');
    if (text === undefined) {
      if (portsWithoutKit(plugin) !== undefined) return [];
      return [`conformance.json is not packed: name it in "files", and ${AGAIN}`];
    }
    const report = JSON.parse(text) as ConformanceReport;
    return [
      ...aboutProblems(report, plugin),
      ...report.runs.flatMap((run) => [...freshnessProblems(run, plugin), ...resultProblems(run)]),
      ...shownProblems(report, plugin),
    ];
  },
  note: (plugin) => {
    const ports = plugin.text('conformance.json') === undefined ? portsWithoutKit(plugin) : undefined;
    return ports && `${ports.join(' and ')}: no conformance kit exists, so there are no results to check`;
  },
};

/** The provided ports when none of them has a kit. */
function portsWithoutKit(plugin: PluginTarball): readonly string[] | undefined {
  const ports = providedPorts(plugin);
  return ports?.some(hasKit) === true ? undefined : ports;
}

function aboutProblems(report: ConformanceReport, { manifest }: PluginTarball): readonly Problem[] {
  const problems: Problem[] = [];
  const [of, is] = [`${report.package}@${report.version}`, `${manifest.name}@${manifest.version}`];
  if (of !== is) problems.push(`the results are of ${of}, and this is ${is}: ${AGAIN}`);
  const isReceiver = manifest.keywords.includes('millrace-receiver');
  if (isReceiver && !report.runs.some(({ port }) => port === 'Receiver')) {
    problems.push(
      'the package describes itself as a receiver, and no run is of the receiver kit: see receiverConformance',
    );
  }
  if (report.runs.length === 0) problems.push(`there are no results in conformance.json: ${AGAIN}`);
  return problems;
}

function freshnessProblems(run: ConformanceRunReport, { files, text }: PluginTarball): readonly Problem[] {
  const problems: Problem[] = [];
  const packed = sourceDigest(files.map((path) => ({ path, text: text(path) ?? '' })));
  if (packed === undefined) {
    problems.push(
      'src is not packed, so the results cannot be compared with the sources: name it in "files"',
    );
  } else if (run.sources !== packed) {
    problems.push(`the results of ${run.name} are not of these sources: ${AGAIN}`);
  }
  const current = KIT_VERSIONS.get(run.port);
  if (current !== undefined && run.kitVersion < current) {
    problems.push(
      `${run.name} ran with version ${run.kitVersion} of the kit, which is at ${current}: ${AGAIN}`,
    );
  }
  return problems;
}

function resultProblems({ name, checks }: ConformanceRunReport): readonly Problem[] {
  const failed = checks.filter(({ result }) => result === 'failed');
  const hasPassed = checks.some(({ result }) => result === 'passed');
  if (failed.length === 0 && !hasPassed) return [`${name} has passed no check`];
  return failed.map(({ number, title }) => `${name} fails ${number}: ${title}`);
}

/** Formatters align tables, so only words are compared. */
function shownProblems(report: ConformanceReport, plugin: PluginTarball): readonly Problem[] {
  const isShown = wordsOf(readmeOf(plugin) ?? '').includes(wordsOf(renderReport(report)));
  return isShown ? [] : ['the README does not show these results: run millrace-conformance README.md'];
}

function wordsOf(text: string): string {
  return text.replaceAll(/-{3,}/g, '---').replaceAll(/\s+/g, ' ').trim();
}
