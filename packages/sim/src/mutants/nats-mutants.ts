// Defective logs, leases, checkpoints and blocks on NATS, found by worlds of several machines.
import type { Mutant } from './mutant.ts';

/** See the header of this file. */
export const NATS_MUTANTS: readonly Mutant[] = [
  {
    name: 'pipeline-appends',
    wrong: 'an append to the log begins while the outcome of the one before is unknown',
    world: 'cluster',
    patches: [
      {
        file: 'nats/src/log/nats-log.ts',
        find: 'await this.#append(group);\n      } catch (error) {',
        replace:
          'void this.#append(group).catch((error) => { this.#content.failed(); this.#waiting.reject(group, error); });\n      } catch (error) {',
      },
      {
        file: 'nats/src/log/nats-log.ts',
        find: '.append({ stream, subject, data, id, expectLast: this.#last }, { signal })',
        replace:
          '.append({ stream, subject, data, id, expectLast: (this.#content.first ??= this.#last) + this.#appended - 1 }, { signal })',
      },
    ],
    finder: { kind: 'simulation' },
  },
  {
    name: 'open-without-a-fence',
    wrong: 'a driver reads the log up to its end as described, in place of a fence',
    world: 'cluster',
    patches: [
      {
        file: 'nats/src/log/nats-log-factory.ts',
        find: 'const fence = await append.append(message, { signal: late.signal, before });',
        replace:
          "await before();\n      const fence = state.last_seq === 0 ? await append.append(message, { signal: late.signal, before }) : { kind: 'stored', sequence: state.last_seq };",
      },
    ],
    finder: { kind: 'simulation' },
  },
  {
    name: 'read-over-a-gap',
    wrong: 'a log that is purged while it is read has fewer entries than it should',
    world: 'cluster',
    patches: [
      {
        file: 'nats/src/log/log-replay.ts',
        find: 'if (message.sequence !== next) {',
        replace: 'next = message.sequence;\n      if (message.sequence !== next) {',
      },
    ],
    finder: { kind: 'test', file: 'packages/nats/test/nats-log.spec.ts' },
  },
  {
    name: 'lease-by-reading',
    wrong: 'a driver that stands by counts time in which the servers accept nothing',
    world: 'cluster',
    patches: [
      {
        file: 'nats/src/lease/nats-lease.ts',
        find: 'if (!(await this.#writes(candidate))) continue;',
        replace: 'void this.#writes(candidate);\n      beforeMs = sentMs;',
      },
    ],
    finder: { kind: 'simulation' },
  },
  {
    name: 'retry-with-a-new-id',
    wrong: 'each attempt to append a message has an id of its own',
    world: 'cluster',
    patches: [
      {
        file: 'nats/src/streams/decided-append.ts',
        find: 'const answer = await api.append(message, attemptMs);',
        replace:
          'const answer = await api.append({ ...message, id: `${message.id}.${attempt}` }, attemptMs);',
      },
    ],
    finder: { kind: 'simulation' },
  },
  {
    name: 'believe-10071',
    wrong: 'a wrong last sequence counts as the message of another driver',
    world: 'cluster',
    patches: [
      {
        file: 'nats/src/streams/decided-append.ts',
        find: "case 'unexpected':\n        return this.#look",
        replace: "case 'unexpected':\n        return { kind: 'taken' };\n        return this.#look",
      },
    ],
    finder: { kind: 'simulation' },
  },
  {
    name: 'believe-sequence-0',
    wrong: 'an acknowledgement without a sequence counts as one',
    world: 'cluster',
    patches: [
      {
        file: 'nats/src/streams/append-answer.ts',
        find: 'return seq >= 1\n',
        replace: 'return seq >= 0\n',
      },
    ],
    finder: { kind: 'simulation' },
  },
  {
    name: 'fence-after-a-pause',
    wrong: 'a driver fences the log however old its lease is',
    world: 'cluster',
    patches: [
      {
        file: 'nats/src/streams/lease-renewals.ts',
        find: 'if (this.#clock.monotonicMs() - this.#sentMs < FRESH_MS) return;',
        replace: 'return;',
      },
    ],
    finder: { kind: 'test', file: 'packages/nats/test/fence-after-pause.spec.ts' },
  },
  {
    name: 'expect-no-checkpoints',
    wrong: 'the index of checkpoints is written whatever another driver has written',
    world: 'cluster',
    patches: [
      {
        file: 'nats/src/checkpoints/nats-checkpoints.ts',
        find: '      expectLastOfSubject: owned.sequence,\n',
        replace: '',
      },
    ],
    finder: { kind: 'test', file: 'packages/nats/test/checkpoints.conformance.spec.ts' },
  },
  {
    name: 'remove-blocks-past-a-hole',
    wrong: 'a block that is stored and not yet registered is removed with its neighbours',
    world: 'cluster',
    patches: [
      {
        file: 'nats/src/blocks/stream-needs.ts',
        find: 'let first = this.#covered + 1;',
        replace: 'let first = this.#newest + 1;',
      },
    ],
    finder: { kind: 'test', file: 'packages/nats/src/blocks/stream-needs.spec.ts' },
  },
  {
    name: 'acknowledge-before-the-servers',
    wrong: 'a block counts as stored before a quorum has it',
    world: 'cluster',
    patches: [
      {
        file: 'nats/src/streams/decided-append.ts',
        find: 'if (attempt === PATIENT_ATTEMPTS)\n',
        replace:
          "if (message.subject.includes('.blk.')) return { kind: 'stored', sequence: ((await api.info(message.stream).catch(() => undefined))?.state.last_seq ?? 0) + 1 };\n      if (attempt === PATIENT_ATTEMPTS)\n",
      },
    ],
    finder: { kind: 'simulation' },
  },
];
