// Rules of a cluster: the lease is in doubt, or a host was lost.
import { countText, lengthText, messageText, quoted } from '../../text/words.ts';
import type { VerdictRule } from '../rule.ts';
import { LOSS_MS } from './executors.ts';

/** Fires while the driver in charge begins no job, because another driver may come in charge. */
export const leaseUncertain: VerdictRule = {
  name: 'lease-uncertain',
  level: 'warning',
  judge: ({ lease, state }) => {
    if (state !== 'active' || lease?.isCertain !== false) return undefined;
    return 'The lease is not renewed: no job begins until an answer comes, because another driver may come in charge. Look at the servers of the lease and the way to them.';
  },
};

/** Fires for five minutes after a host has lost its last executor, unless an executor runs there again. */
export const hostLost: VerdictRule = {
  name: 'host-lost',
  level: 'warning',
  judge: ({ hostLoss: loss, state }) => {
    if (loss === undefined || loss.agoMs >= LOSS_MS || state === 'stopped') return undefined;
    const { host, agoMs, reason, hostCount } = loss;
    return `Host ${quoted(host)} was lost ${lengthText(agoMs)} ago: ${messageText(reason)} ${countText(hostCount, 'host has executors', 'hosts have executors')}.`;
  },
};
