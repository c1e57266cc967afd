// Runs one check and says how it went. Nothing that an implementation does can hang a run: a check has a bound in wall
// time, which is the one thing here that virtual time cannot give.
import { setTimeout } from 'node:timers/promises';
import { SystemClock } from '@millrace/core';
import type { CheckNumber, ConformanceCheck } from './conformance-check.ts';
import { ConformanceFailure } from './conformance-failure.ts';
import type { ConformanceKit, ConformanceRun } from './conformance-kit.ts';
import { NotApplicable } from './not-applicable.ts';

const TIMEOUT_MS = 10_000;
const clock = new SystemClock();

/** How one check went. */
export interface CheckResult {
  readonly number: CheckNumber;
  readonly title: string;
  readonly level: 'required' | 'optional';
  readonly promises: readonly string[];
  /** `not-applicable` and `left-out` say why. */
  readonly result: 'passed' | 'failed' | 'not-applicable' | 'left-out';
  readonly why?: string;
  /** Wall milliseconds. */
  readonly durationMs: number;
  /** Of a failed check. */
  readonly failure?: ConformanceFailure;
}

/** What to run, and on what. */
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
    await within(subject.timeoutMs ?? TIMEOUT_MS, () => kit.withTrial(subject, (trial) => check.run(trial)));
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

async function within(timeoutMs: number, run: () => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const late = setTimeout(timeoutMs, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`the check did not end within ${timeoutMs} ms: something it waited for never came`);
  });
  try {
    const running = run();
    // After the bound nobody listens to what becomes of the check.
    running.catch(() => undefined);
    await Promise.race([running, late]);
  } finally {
    stop.abort();
    // The wait ends with the abort, or has said what it had to say.
    late.catch(() => undefined);
  }
}
