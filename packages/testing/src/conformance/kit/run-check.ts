// Runs one check and returns the result. No implementation can hang a run, because each check has a bound in wall time;
// virtual time cannot provide such a bound.
import { setTimeout } from 'node:timers/promises';
import { SystemClock } from '@millrace/core';
import type { CheckNumber, ConformanceCheck } from './conformance-check.ts';
import { ConformanceFailure } from './conformance-failure.ts';
import type { ConformanceKit, ConformanceRun } from './conformance-kit.ts';
import { NotApplicable } from './not-applicable.ts';

const TIMEOUT_MS = 60_000;
/** Time for the end of a trial whose check did not end: the trial explains the failure, and releases its resources. */
const END_MS = 1_000;
const clock = new SystemClock();

/** The result of one check. */
export interface CheckResult {
  readonly number: CheckNumber;
  readonly title: string;
  readonly level: 'required' | 'optional';
  readonly promises: readonly string[];
  /** `not-applicable` and `left-out` come with a reason. */
  readonly result: 'passed' | 'failed' | 'not-applicable' | 'left-out';
  readonly why?: string;
  /** Wall milliseconds. */
  readonly durationMs: number;
  /** The failure of a failed check. */
  readonly failure?: ConformanceFailure;
}

/** The check to run, and its subject. */
export interface CheckRequest<Subject extends ConformanceRun, Trial> {
  readonly kit: ConformanceKit<Subject, Trial>;
  readonly check: ConformanceCheck<Trial>;
  readonly subject: Subject;
}

/** Runs one check; never rejects. */
export async function runCheck<Subject extends ConformanceRun, Trial>(
  request: CheckRequest<Subject, Trial>,
): Promise<CheckResult> {
  const { kit, check, subject } = request;
  const { number, title, level = 'required', promises = [] } = check;
  const about = { number, title, level, promises };
  const reason = subject.leftOut?.[number];
  if (reason !== undefined && level === 'optional')
    return { ...about, result: 'left-out', why: reason, durationMs: 0 };
  const startedMs = clock.monotonicMs();
  const took = () => ({ durationMs: Math.round(clock.monotonicMs() - startedMs) });
  try {
    const timeoutMs = subject.timeoutMs ?? TIMEOUT_MS;
    const bounded = (trial: Trial) => within(timeoutMs, { run: () => check.run(trial) });
    await within(timeoutMs, { run: () => kit.withTrial(subject, bounded), extraMs: END_MS });
    return { ...about, result: 'passed', ...took() };
  } catch (cause) {
    if (cause instanceof NotApplicable)
      return { ...about, result: 'not-applicable', why: cause.message, ...took() };
    const failure = new ConformanceFailure({ check, spec: kit.spec, cause });
    return { ...about, result: 'failed', why: failure.message, failure, ...took() };
  }
}

/** Runs every check of a kit, one after the other, without a test framework. */
export async function runKit<Subject extends ConformanceRun, Trial>(
  kit: ConformanceKit<Subject, Trial>,
  subject: Subject,
): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of kit.checks) results.push(await runCheck({ kit, check, subject }));
  return results;
}

async function within(
  timeoutMs: number,
  { run, extraMs = 0 }: { readonly run: () => Promise<void>; readonly extraMs?: number },
): Promise<void> {
  const stop = new AbortController();
  const late = setTimeout(timeoutMs + extraMs, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`the check did not end within ${timeoutMs} ms: an awaited event never happened`);
  });
  try {
    const running = run();
    // After the bound the outcome of the check is ignored.
    running.catch(() => undefined);
    await Promise.race([running, late]);
  } finally {
    stop.abort();
    // The wait ends by the abort, or has already reported.
    late.catch(() => undefined);
  }
}
