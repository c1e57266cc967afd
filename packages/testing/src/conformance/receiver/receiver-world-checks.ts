// What a receiver has to do with the world around it: whose time it uses, what it says aloud, what its options may be.
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { ConformanceCheck } from '../kit/conformance-check.ts';
import { applies } from '../kit/not-applicable.ts';
import { asReceiver, MachineWatch } from './receiver-mark.ts';
import type { ReceiverTrial } from './receiver-trial.ts';

/** Checks of a receiver's manners. */
export const RECEIVER_WORLD_CHECKS: readonly ConformanceCheck<ReceiverTrial<unknown>>[] = [
  {
    number: 'RECEIVER-16.1',
    title: 'time and chance come from the context',
    look: 'Date.now, setTimeout and Math.random, also in a library: use context.clock and context.random',
    run: async (trial) => {
      const watch = new MachineWatch();
      watch.start();
      try {
        await trial.startWith(20);
        await trial.pump();
        await trial.target.disconnect?.();
        await trial.pass(500);
        await trial.stage.end();
      } finally {
        assert.deepEqual(watch.stop(), [], 'the receiver used the time or chance of the machine');
      }
    },
  },
  {
    number: 'RECEIVER-18.1',
    title: 'no secret is said in descriptions, logs, errors and wishes',
    look: 'addresses and configurations that are logged whole, and errors of clients that quote them',
    run: async (trial) => {
      const { secrets = [] } = trial.subject;
      applies(secrets.length > 0, 'the options hold no secrets');
      const { target, stage } = trial;
      await trial.startWith(5);
      await trial.untilStored(5);
      await target.sendPoison?.();
      await target.disconnect?.();
      await trial.pass(500);
      await target.setReachable?.(false);
      await stage.restart();
      await trial.pass(500);
      await target.setReachable?.(true);
      const { name, description, preferredHost, capabilities } = target.receiver;
      const said = [
        { name, description, preferredHost, capabilities },
        JSON.stringify(target.receiver),
        stage.log.lines,
        ...stage.lives.flatMap(({ context }) => [context.errors, context.wishes]),
      ].map((value) => inspect(value, { depth: 8, maxStringLength: null, maxArrayLength: null }));
      for (const secret of secrets) {
        const where = said.find((text) => text.includes(secret));
        assert.equal(where, undefined, 'a secret was said');
      }
    },
  },
  {
    number: 'RECEIVER-18.2',
    title: 'options of the last published version are still understood, and mean the same',
    look: 'an option that was renamed or removed, a new one without a default, a default that has changed',
    run: async (trial) => {
      const { options } = trial.subject;
      applies(options !== undefined, 'no published options were given');
      for (const { input, output } of options?.published ?? []) {
        const parsed: unknown = options?.schema.parse(input);
        for (const [key, value] of Object.entries(output ?? {})) {
          const now: unknown = Reflect.get(Object(parsed), key);
          assert.deepEqual(now, value, `option ${key} meant ${inspect(value)} and means ${inspect(now)} now`);
        }
      }
    },
  },
  {
    number: 'RECEIVER-18.3',
    title: 'a receiver has a description, and it does not start anything to give it',
    look: 'describe in the definition',
    run: async (trial) => {
      const { receiver } = trial.target;
      asReceiver(() => receiver.description);
      assert(receiver.description.length > 0, 'the description is empty');
      assert.equal(trial.stage.clock.scheduled, 0, 'describing it set a timer');
    },
  },
];
