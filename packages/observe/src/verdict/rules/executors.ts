// Rules: an executor was lost, or executors have nothing to do.
import { countText, lengthText, messageText, percentText, quoted } from '../../text/words.ts';
import type { VerdictRule } from '../rule.ts';
import { loadOf } from '../step-trend.ts';

/** A loss is a finding for this long. */
export const LOSS_MS = 300_000;
const WINDOW_STEPS = 20;
/** The load of one executor that would be alone, at most. */
const SPARE_LOAD = 0.5;
const STILL_SPARE_LOAD = 0.6;

/**
 * Fires for five minutes after the loss of an executor that the engine did not retire. The loss of a whole host is a
 * finding of its own.
 */
export const executorLost: VerdictRule = {
  name: 'executor-lost',
  level: 'warning',
  judge: ({ executorLoss: loss, hostLoss, state }) => {
    if (loss === undefined || hostLoss?.host === loss.host || loss.agoMs >= LOSS_MS || state === 'stopped')
      return undefined;
    const { executorId, host, agoMs, reason, executorCount } = loss;
    return `Executor ${quoted(executorId)} on ${quoted(host)} was lost ${lengthText(agoMs)} ago: ${messageText(reason)} ${countText(executorCount, 'executor runs', 'executors run')}.`;
  },
};

/**
 * Fires when one executor could do the work of all: executors on one host, and a load that would be below a half even if
 * one executor took the time of all together. Executors on several hosts are also there for losses of hosts.
 */
export const spareExecutors: VerdictRule = {
  name: 'spare-executors',
  level: 'good',
  judge: ({ executors, steps, state }, sinceMs) => {
    const hosts = new Set(executors.map(({ host }) => host));
    if (state !== 'active' || executors.length < 2 || hosts.size > 1 || steps.length < WINDOW_STEPS)
      return undefined;
    const load = loadOf(steps) * executors.length;
    if (load >= (sinceMs === undefined ? SPARE_LOAD : STILL_SPARE_LOAD)) return undefined;
    return `${countText(executors.length, 'executor')} do the work of one: on one executor, batches would take at most ${percentText(load)} of their interval.`;
  },
};
