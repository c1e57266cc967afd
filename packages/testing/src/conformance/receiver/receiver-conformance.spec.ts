import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { numbersOf, outcomeOf } from '../../../test/assert-kit.ts';
import { modelReceiver, type ModelKind, type ReceiverBug } from '../../../test/model-source.ts';
import { runCheck, runKit } from '../kit/run-check.ts';
import { RECEIVER_KIT } from './receiver-conformance.ts';
import type { ReceiverSubject } from './receiver-target.ts';

const KINDS: readonly ModelKind[] = ['acknowledged', 'individual', 'replayable', 'blocks', 'pushed'];

const BUGS: Readonly<Record<string, readonly [ModelKind, ReceiverBug]>> = {
  'RECEIVER-1.1': ['acknowledged', 'is made once'],
  'RECEIVER-2.1': ['acknowledged', 'awaits the first record'],
  'RECEIVER-2.2': ['acknowledged', 'restarts when idle'],
  'RECEIVER-3.1': ['acknowledged', 'gives up when the source is away'],
  'RECEIVER-4.1': ['acknowledged', 'reads on after stop'],
  'RECEIVER-4.2': ['acknowledged', 'requests a restart when stopped'],
  'RECEIVER-5.1': ['acknowledged', 'leaves a timer'],
  'RECEIVER-5.2': ['acknowledged', 'stops once only'],
  'RECEIVER-5.3': ['acknowledged', 'stops slowly'],
  'RECEIVER-6.1': ['acknowledged', 'ignores the signal while connecting'],
  'RECEIVER-6.2': ['acknowledged', 'cannot stop after a failed start'],
  'RECEIVER-6.3': ['acknowledged', 'cannot stop without a start'],
  'RECEIVER-7.1': ['acknowledged', 'acknowledges until stop only'],
  'RECEIVER-8.1': ['acknowledged', 'ignores false'],
  'RECEIVER-8.2': ['acknowledged', 'stores all that has gathered'],
  'RECEIVER-9.1': ['pushed', 'keeps all that comes'],
  'RECEIVER-10.1': ['replayable', 'reuses the buffer'],
  'RECEIVER-11.1': ['acknowledged', 'swallows poison'],
  'RECEIVER-11.2': ['acknowledged', 'reads ahead without a bound'],
  'RECEIVER-12.1': ['acknowledged', 'reads a record twice'],
  'RECEIVER-12.2': ['blocks', 'stores past a block that waits'],
  'RECEIVER-13.1': ['acknowledged', 'acknowledges by itself'],
  'RECEIVER-13.2': ['acknowledged', 'acknowledges slow blocks'],
  'RECEIVER-13.3': ['acknowledged', 'keeps a position beyond a hole'],
  'RECEIVER-13.4': ['acknowledged', 'keeps a position beyond a hole'],
  'RECEIVER-13.5': ['blocks', 'acknowledges blocks out of order'],
  'RECEIVER-14.1': ['acknowledged', 'acknowledges more than the tokens'],
  'RECEIVER-15.1': ['acknowledged', 'does not notice a broken connection'],
  'RECEIVER-15.2': ['pushed', 'drops in silence'],
  'RECEIVER-15.3': ['acknowledged', 'loses an acknowledgement in silence'],
  'RECEIVER-16.1': ['acknowledged', 'asks the machine for the time'],
  'RECEIVER-17.1': ['acknowledged', 'has false capabilities'],
  'RECEIVER-17.2': ['acknowledged', 'restarts at the end'],
  'RECEIVER-17.3': ['acknowledged', 'has no bound in flight'],
  'RECEIVER-18.1': ['acknowledged', 'logs the password'],
  'RECEIVER-18.2': ['acknowledged', 'has renamed an option'],
  'RECEIVER-18.3': ['acknowledged', 'has no description'],
  'RECEIVER-24.1': ['acknowledged', 'begins one too early'],
  'RECEIVER-42.1': ['individual', 'acknowledges with a timer'],
  'RECEIVER-28.1': ['replayable', 'has positions with code'],
  'RECEIVER-29.1': ['replayable', 'resumes at the last record'],
  'RECEIVER-31.1': ['replayable', 'begins ranges one too early'],
  'RECEIVER-31.2': ['replayable', 'reads no more than a few of a range'],
  'RECEIVER-32.1': ['replayable', 'returns the rest of a range'],
  'RECEIVER-33.1': ['replayable', 'reads aborted ranges'],
  'RECEIVER-44.1': ['acknowledged', 'has a lag that stays'],
};

describe('the kit of receivers', () => {
  it('passes correct receivers, and every check applies to at least one', async () => {
    const passed = new Set<string>();
    for (const kind of KINDS) {
      const results = await runKit(RECEIVER_KIT, modelReceiver(kind) as ReceiverSubject);
      expect(results.filter(({ result }) => result === 'failed').map(({ why }) => why)).toEqual([]);
      for (const { number, result } of results) if (result === 'passed') passed.add(number);
    }
    expect([...passed].toSorted()).toEqual(numbersOf(RECEIVER_KIT));
  });

  it('has a broken receiver for every check', () => {
    expect(Object.keys(BUGS).toSorted()).toEqual(numbersOf(RECEIVER_KIT));
  });

  it.each(Object.entries(BUGS))('%s fails a receiver (%s)', async (number, [kind, bug]) => {
    const subject = modelReceiver(kind, bug) as ReceiverSubject;
    expect(await outcomeOf(RECEIVER_KIT, number, subject)).toBe(`failed ${number}`);
  });

  it('accepts a source that is asked for its acknowledgements', async () => {
    const subject = modelReceiver('acknowledged') as ReceiverSubject;
    const asking = ({ create, ...subject }: ReceiverSubject): ReceiverSubject => ({
      ...subject,
      create: async (world) => {
        const target = await create(world);
        const original = target.acknowledged?.bind(target);
        return Object.assign(target, { acknowledged: async () => (await original?.()) ?? [] });
      },
    });
    const asked = await runKit(RECEIVER_KIT, asking(subject));
    expect(asked.filter(({ result }) => result === 'failed').map(({ why }) => why)).toEqual([]);
    const early = modelReceiver('acknowledged', 'acknowledges by itself') as ReceiverSubject;
    expect(await outcomeOf(RECEIVER_KIT, 'RECEIVER-13.1', asking(early))).toBe('failed RECEIVER-13.1');
  });

  it('accepts ranges that take time, read one by one and at once', async () => {
    const { create, ...subject } = modelReceiver('replayable') as ReceiverSubject;
    const slow: ReceiverSubject['create'] = async (world) => {
      const target = await create(world);
      const original = target.receiver.readRange;
      const readRange: typeof original = async function* (range, context) {
        await setTimeout(5);
        if (original !== undefined) yield* original(range, context);
      };
      return Object.assign(target, { receiver: { ...target.receiver, readRange } });
    };
    for (const number of ['RECEIVER-31.1', 'RECEIVER-31.2'])
      expect(await outcomeOf(RECEIVER_KIT, number, { ...subject, create: slow })).toMatch(/^passed/);
  });

  it('counts no record that arrives late as a kept record', async () => {
    const subject = modelReceiver('pushed') as ReceiverSubject;
    const late: ReceiverSubject['create'] = async (world) => {
      const target = await subject.create(world);
      let taken = 0;
      const sendLate = async (ids: readonly number[]): Promise<void> => {
        for (const id of ids) {
          await setTimeout(1);
          taken += 1;
          await target.send([id]);
        }
      };
      // The server answers before the records have passed the network.
      return Object.assign(
        { ...target },
        { send: (ids: readonly number[]) => void sendLate(ids), takenBytes: () => taken },
      );
    };
    expect(await outcomeOf(RECEIVER_KIT, 'RECEIVER-9.1', { ...subject, create: late })).toMatch(/^passed/);
  });

  it('waits for seconds when the receiver has a socket', async () => {
    const subject = modelReceiver('acknowledged') as ReceiverSubject;
    const create: ReceiverSubject['create'] = async (world) => {
      const target = await subject.create(world);
      const sendNow = target.send.bind(target);
      const send = async (ids: readonly number[]): Promise<void> => {
        const socket = createServer().listen(0, '127.0.0.1');
        await once(socket, 'listening');
        // A busy server.
        void setTimeout(2_500).then(() => {
          socket.close();
          void sendNow(ids);
        });
      };
      return Object.assign(target, { send });
    };
    expect(await outcomeOf(RECEIVER_KIT, 'RECEIVER-12.1', { ...subject, create })).toMatch(/^passed/);
  });

  it('releases the source before the next check, although the check does not apply', async () => {
    const subject = modelReceiver('acknowledged') as ReceiverSubject;
    let isReleased = false;
    const create: ReceiverSubject['create'] = async (world) =>
      Object.assign(await subject.create(world), {
        dispose: async () => {
          await setTimeout(150);
          isReleased = true;
        },
      });
    expect(await outcomeOf(RECEIVER_KIT, 'RECEIVER-13.5', { ...subject, create })).toMatch(/^not-applicable/);
    expect(isReleased).toBe(true);
  });

  it.each(['RECEIVER-5.1', 'RECEIVER-6.1'])('releases a source once in %s', async (number) => {
    const subject = modelReceiver('acknowledged') as ReceiverSubject;
    let releases = 0;
    const create: ReceiverSubject['create'] = async (world) => {
      const target = await subject.create(world);
      const original = target.dispose?.bind(target);
      const dispose = async (): Promise<void> => {
        releases += 1;
        await original?.();
      };
      return Object.assign(target, { dispose });
    };
    expect(await outcomeOf(RECEIVER_KIT, number, { ...subject, create })).toMatch(/^passed/);
    expect(releases).toBe(1);
  });

  it("shows the receiver's own errors, with their causes and the author's line", async () => {
    const subject = modelReceiver('acknowledged') as ReceiverSubject;
    const refused = new AggregateError([new Error('connect ECONNREFUSED 127.0.0.1:1')]);
    const create: ReceiverSubject['create'] = async (world) => {
      const target = await subject.create(world);
      const receiver = {
        ...target.receiver,
        create: () => ({
          start: () => {
            throw new Error('cannot open the source', { cause: refused });
          },
          stop: () => {},
        }),
      };
      return Object.assign(target, { receiver });
    };
    const check = RECEIVER_KIT.checks.find(({ number }) => number === 'RECEIVER-7.1');
    if (check === undefined) throw new Error('the kit has no such check');
    const { failure } = await runCheck({ kit: RECEIVER_KIT, check, subject: { ...subject, create } });
    expect(failure?.message).toMatch(
      /found: expected 6 records to be stored, got 0\n {2}the receiver asked for a restart: receiver failed to start\n {4}Error: cannot open the source\n {4}caused by AggregateError: .*\n {4}caused by Error: connect ECONNREFUSED 127.0.0.1:1\n {4}at .*receiver-conformance\.spec\.ts/,
    );
  });

  it("shows the receiver's own errors when a check does not end in time", async () => {
    const subject = modelReceiver('acknowledged') as ReceiverSubject;
    const create: ReceiverSubject['create'] = async (world) => {
      const target = await subject.create(world);
      const receiver = {
        ...target.receiver,
        create: () => ({
          start: (context: { reportError: (message: string, error: Error) => void }) => {
            context.reportError('the source is away', new Error('connect ECONNREFUSED 127.0.0.1:1'));
          },
          stop: () => {},
        }),
      };
      return Object.assign(target, { receiver, send: () => new Promise<never>(() => {}) });
    };
    const check = RECEIVER_KIT.checks.find(({ number }) => number === 'RECEIVER-7.1');
    if (check === undefined) throw new Error('the kit has no such check');
    const { failure } = await runCheck({
      kit: RECEIVER_KIT,
      check,
      subject: { ...subject, create, timeoutMs: 50 },
    });
    expect(failure?.message).toMatch(
      /found: the check did not end within 50 ms: an awaited event never happened\n {2}the receiver reported: the source is away\n {4}Error: connect ECONNREFUSED 127.0.0.1:1\n/,
    );
  });
});
