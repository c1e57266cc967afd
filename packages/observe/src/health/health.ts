// Health and readiness: whether the process is of use, and whether the engine can take and process records.
import type { EngineState } from '../schema/engine-state.ts';
import { countText, lengthText } from '../text/words.ts';

/** One check. */
export interface HealthCheck {
  /** For instance `active` or `receivers`; the same in every version. */
  readonly name: string;
  readonly ok: boolean;
  /** The finding in one sentence, also of a check that is met. */
  readonly words: string;
}

/** The answer for `/healthz` or `/readyz`: status 200 when `ok`, else 503. */
export interface HealthReport {
  readonly ok: boolean;
  readonly checks: readonly HealthCheck[];
}

/** The facts of the checks. */
export interface HealthFacts {
  readonly state: EngineState['state'];
  readonly hasFailed: boolean;
  readonly receivers: readonly { readonly state: string }[];
  readonly heldBatches: number;
  /** The time for which the engine has been falling behind, in milliseconds; absent: the engine keeps up. */
  readonly behindForMs?: number;
}

/** The options of readiness. */
export interface ReadinessOptions {
  /** The number of active receivers from which the engine is ready. Default: all that have not ended. */
  readonly minReceivers?: number;
  /** The time for which the engine may be behind and still be ready, in milliseconds. */
  readonly readyBehindMs: number;
}

/**
 * Health: the context stands by, is starting, active, or stopping without a failure. A supervisor that restarts unhealthy processes
 * then interrupts neither a long recovery nor a graceful stop.
 */
export function healthOf({ state, hasFailed }: HealthFacts): HealthReport {
  const isAlive = state !== 'initialized' && state !== 'stopped';
  const words = hasFailed ? `The context is ${state} after a failure.` : `The context is ${wordOf(state)}.`;
  return reportOf([{ name: 'active', ok: isAlive && !hasFailed, words }]);
}

/** Readiness: the context is active, the receivers run, no batch is held, and the engine is not behind for long. */
export function readinessOf(facts: HealthFacts, options: ReadinessOptions): HealthReport {
  const { state, hasFailed, heldBatches } = facts;
  return reportOf([
    { name: 'active', ok: state === 'active' && !hasFailed, words: `The context is ${wordOf(state)}.` },
    receiversCheck(facts, options),
    {
      name: 'held',
      ok: heldBatches === 0,
      words: `${countText(heldBatches, 'batch is', 'batches are')} held.`,
    },
    behindCheck(facts, options),
  ]);
}

function wordOf(state: HealthFacts['state']): string {
  return state === 'standby' ? 'standing by' : state;
}

function receiversCheck({ receivers }: HealthFacts, { minReceivers }: ReadinessOptions): HealthCheck {
  const expected = minReceivers ?? receivers.filter(({ state }) => state !== 'stopped').length;
  const active = receivers.filter(({ state }) => state === 'active').length;
  const words = `${active} of ${countText(expected, 'receiver')} active.`;
  return { name: 'receivers', ok: active >= expected, words };
}

function behindCheck({ behindForMs }: HealthFacts, { readyBehindMs }: ReadinessOptions): HealthCheck {
  if (behindForMs === undefined) return { name: 'behind', ok: true, words: 'The engine keeps up.' };
  return {
    name: 'behind',
    ok: behindForMs <= readyBehindMs,
    words: `The engine has been falling behind for ${lengthText(behindForMs)}; ${lengthText(readyBehindMs)} are allowed.`,
  };
}

function reportOf(checks: readonly HealthCheck[]): HealthReport {
  return { ok: checks.every(({ ok }) => ok), checks };
}
