// Earlier measurements kept in the repository, and the changes since then. Figures are compared only on the same
// machine; ratios within a run are compared across machines.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunResult, SuiteResult } from './run-result.ts';
import { median, middleHalf } from './statistics.ts';
import type { Metric } from './suite.ts';
import type { Surroundings } from './surroundings.ts';

/** Values of the rounds by their name: `store / numbers / bare loop / rate`. */
export type NamedValues = Readonly<Record<string, readonly number[]>>;

/** The comparable part of a run. */
export interface Baseline {
  readonly machine: string;
  readonly node: string;
  readonly commit: string;
  readonly startedAt: string;
  readonly rounds: number;
  readonly figures: NamedValues;
  readonly ratios: NamedValues;
}

/** A change. */
export interface Movement {
  readonly name: string;
  readonly before: number;
  readonly now: number;
  /** `better` or `worse` when the direction has a known meaning. */
  readonly verdict: 'better' | 'worse' | 'changed';
}

/** The directory of baselines: one file for each machine. */
export const BASELINE_DIRECTORY = fileURLToPath(new URL('../../baselines', import.meta.url));

/** The smallest relative difference of medians that counts as a change. */
const LEAST_CHANGE = 0.1;
/** With fewer rounds the noise is unknown, and only differences above `LEAST_OF_FEW` count as a change. */
const ROUNDS_FOR_NOISE = 3;
const LEAST_OF_FEW = 0.5;

/** Makes a baseline from a run. */
export function baselineOf({ surroundings, options, suites }: RunResult): Baseline {
  const { machine, node, commit, startedAt } = surroundings;
  const figures: Record<string, readonly number[]> = {};
  const ratios: Record<string, readonly number[]> = {};
  for (const { suite, workloads } of suites) {
    for (const { workload, cases, budgets } of workloads) {
      for (const { name, metrics } of cases) {
        for (const [metric, { values }] of Object.entries(metrics)) {
          figures[`${suite} / ${workload} / ${name} / ${metric}`] = values.map(rounded);
        }
      }
      for (const { contender, against, metric = 'rate', values } of budgets) {
        if (against === undefined) continue;
        ratios[`${suite} / ${workload} / ${contender} ÷ ${against} / ${metric}`] = values.map(rounded);
      }
    }
  }
  return { machine, node, commit, startedAt, rounds: options.rounds, figures, ratios };
}

/**
 * The changes beyond noise: medians that differ by more than a tenth, or by half of the smaller median with fewer than
 * three rounds, while the middle halves of the rounds are disjoint. Figures of only one run are left out.
 */
export function movements(before: Baseline, now: Baseline, suites: readonly SuiteResult[]): Movement[] {
  const better = directions(suites);
  const isSameMachine = before.machine === now.machine;
  return [
    ...(isSameMachine ? moved(before.figures, now.figures, better) : []),
    ...moved(before.ratios, now.ratios, better),
  ];
}

/** Reads the baseline of this machine, or of another machine; undefined when there is none. */
export function readBaseline(
  { machine }: Surroundings,
  directory = BASELINE_DIRECTORY,
): Baseline | undefined {
  if (!existsSync(directory)) return undefined;
  const files = readdirSync(directory).filter((name) => name.endsWith('.json'));
  const own = fileName(machine);
  const file = files.includes(own) ? own : files.toSorted()[0];
  return file === undefined ? undefined : readBaselineFile(join(directory, file));
}

/** Reads one file. */
export function readBaselineFile(path: string): Baseline {
  return JSON.parse(readFileSync(path, 'utf8')) as Baseline;
}

/**
 * Writes a run as the baseline of its machine. Suites outside of this run stay unchanged; in suites of this run,
 * figures that are no longer measured are dropped. Returns the path of the file.
 */
export function writeBaseline(now: Baseline, directory = BASELINE_DIRECTORY): string {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, fileName(now.machine));
  const before = existsSync(path) ? readBaselineFile(path) : undefined;
  const merged = {
    ...now,
    figures: { ...ofOtherSuites(before?.figures, now), ...now.figures },
    ratios: { ...ofOtherSuites(before?.ratios, now), ...now.ratios },
  };
  writeFileSync(path, `${JSON.stringify(merged, undefined, 1)}\n`);
  return path;
}

function ofOtherSuites(before: NamedValues = {}, now: Baseline): NamedValues {
  const ran = new Set(Object.keys(now.figures).map(suiteOf));
  return Object.fromEntries(Object.entries(before).filter(([name]) => !ran.has(suiteOf(name))));
}

function suiteOf(name: string): string | undefined {
  return name.split(' / ')[0];
}

function moved(
  before: NamedValues,
  now: NamedValues,
  better: ReadonlyMap<string, Metric['better']>,
): Movement[] {
  return Object.entries(now).flatMap(([name, values]) => {
    const earlier = before[name];
    if (earlier === undefined || !hasMoved(earlier, values)) return [];
    const [was, is] = [median(earlier), median(values)];
    const wanted = better.get(`${suiteOf(name)} / ${name.split(' / ').at(-1)}`);
    const verdict = wanted === undefined ? 'changed' : is > was === (wanted === 'more') ? 'better' : 'worse';
    return [{ name, before: was, now: is, verdict } as const];
  });
}

function hasMoved(before: readonly number[], now: readonly number[]): boolean {
  const [was, is] = [median(before), median(now)];
  const isKnown = Math.min(before.length, now.length) >= ROUNDS_FOR_NOISE;
  const least = isKnown ? LEAST_CHANGE * Math.abs(was) : LEAST_OF_FEW * Math.min(Math.abs(was), Math.abs(is));
  if (Math.abs(is - was) <= least) return false;
  const [first, second] = [middleHalf(before), middleHalf(now)];
  return first.high < second.low || second.high < first.low;
}

function directions(suites: readonly SuiteResult[]): ReadonlyMap<string, Metric['better']> {
  return new Map(
    suites.flatMap(({ suite, metrics }) =>
      metrics.map(({ name, better }) => [`${suite} / ${name}`, better] as const),
    ),
  );
}

function fileName(machine: string): string {
  return `${machine.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.json`;
}

function rounded(value: number): number {
  return Number(value.toPrecision(5));
}
