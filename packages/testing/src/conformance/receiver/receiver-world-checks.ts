// Checks of a receiver's surroundings: time and randomness, text in descriptions and logs, options.
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { ConformanceCheck } from '../kit/conformance-check.ts';
import { applies } from '../kit/not-applicable.ts';
import { packageAround } from '../report/package-around.ts';
import { asReceiver, MachineWatch } from './receiver-mark.ts';
import type { ReceiverTrial } from './receiver-trial.ts';

/** Checks of time, randomness, published text and options. */
export const RECEIVER_WORLD_CHECKS: readonly ConformanceCheck<ReceiverTrial<unknown>>[] = [
  {
    number: 'RECEIVER-16.1',
    title: 'time and randomness come from the context',
    look: 'Date.now, setTimeout and Math.random in the code of the package: use context.clock and context.random',
    run: async (trial) => {
      const { folder } = await packageAround(trial.subject.module);
      const watch = new MachineWatch(folder);
      watch.start();
      try {
        await trial.startWith(20);
        await trial.pump();
        await trial.target.disconnect?.();
        await trial.pass(500);
        await trial.stage.end();
      } finally {
        assert.deepEqual(watch.stop(), [], 'the receiver used the time or randomness of the machine');
      }
    },
  },
  {
    number: 'RECEIVER-18.1',
    title: 'no secret appears in descriptions, logs, errors and requests',
    look: 'addresses and configurations logged as a whole, and errors of clients that quote secrets',
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
        assert.equal(where, undefined, 'a secret appeared');
      }
    },
  },
  {
    number: 'RECEIVER-18.2',
    title: 'options of the last published version are still accepted with the same meaning',
    look: 'a renamed or removed option, a new option without a default, a changed default',
    run: async (trial) => {
      const { options } = trial.subject;
      applies(options !== undefined, 'the subject has no published options');
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
    title: 'a receiver has a description, and describing starts nothing',
    look: 'describe in the definition',
    run: async (trial) => {
      const { receiver } = trial.target;
      asReceiver(() => receiver.description);
      assert(receiver.description.length > 0, 'the description is empty');
      assert.equal(trial.stage.clock.scheduled, 0, 'describing the receiver set a timer');
    },
  },
];
