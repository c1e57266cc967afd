// Defective hosts and sessions, found by worlds of several machines whose executors are on hosts.
import type { ForcedClusterPlan } from '../cluster/draw-cluster-plan.ts';
import type { Mutant } from './mutant.ts';

/** Executors that fetch from each other. */
const TWO_HOSTS: ForcedClusterPlan = { hosts: ['c', 'd'], hostSlots: 1 };

/** See the header of this file. */
export const HOST_MUTANTS: readonly Mutant[] = [
  {
    name: 'tell-no-peer-gone',
    wrong: 'executors are not told that another executor is gone',
    patches: [
      {
        file: 'engine/src/driver/driver.ts',
        find: '        this.#tellPeers(executorId);\n',
        replace: '        void (() => this.#tellPeers(executorId));\n',
      },
    ],
    world: 'cluster',
    finder: {
      kind: 'simulation',
      faults: ['executor-death', 'host-death', 'host-off'],
      forced: TWO_HOSTS,
    },
  },
  {
    name: 'keep-executors-of-the-driver-before',
    wrong: 'a host that serves a later driver lets the executors of the earlier one run',
    patches: [
      {
        file: 'remote/src/hosts/driver-watch.ts',
        find: 'if (this.#served !== undefined) this.#over(`a driver of epoch ${epoch} has taken over`);',
        replace: '',
      },
      {
        file: 'remote/src/hosts/host-agent.ts',
        find: "    this.#endAll(\n      remoteError('MR_REMOTE_DRIVER_GONE', 'the driver joined anew and has given up the executor'),\n    );\n",
        replace: '',
      },
    ],
    world: 'cluster',
    finder: { kind: 'simulation', faults: ['driver-death', 'driver-pause'], forced: TWO_HOSTS },
  },
  {
    name: 'admit-a-replaced-driver',
    wrong: 'a host serves a driver of a lower epoch than the newest one',
    patches: [
      {
        file: 'remote/src/hosts/driver-watch.ts',
        find: 'if (epoch < this.#epoch) {',
        replace: 'if (epoch < 0) {',
      },
    ],
    world: 'cluster',
    finder: {
      kind: 'test',
      file: 'packages/remote/src/hosts/driver-watch.spec.ts',
    },
  },
  {
    name: 'hear-nothing-before-the-link',
    wrong: 'a session that was opened before its link was made never listens',
    patches: [
      {
        file: 'nats/src/hosts/late-link.ts',
        find: 'for (const subscribe of this.#waiting) subscribe(link);',
        replace: 'void link;',
      },
    ],
    world: 'cluster',
    finder: { kind: 'simulation', faults: ['late-session'], forced: TWO_HOSTS },
  },
  {
    name: 'send-each-frame-once',
    wrong: 'a frame of a session that is lost is not sent again',
    patches: [
      {
        file: 'nats/src/session/session-sender.ts',
        find: 'if (!this.#hasProgress) this.sendAgain();',
        replace: '',
      },
    ],
    world: 'cluster',
    finder: { kind: 'simulation', faults: ['host-off', 'server-death'], forced: TWO_HOSTS },
  },
  {
    name: 'never-lose-a-silent-host',
    wrong: 'the executors of a host that says nothing any more count as alive',
    patches: [
      {
        file: 'remote/src/hosts/host-roster.ts',
        find: 'if (silentMs <= this.#deps.silentMs) continue;',
        replace: 'if (silentMs > 0) continue;',
      },
    ],
    world: 'cluster',
    finder: { kind: 'test', file: 'packages/remote/test/hosts/hosts.spec.ts' },
  },
];
