// The life of a sink: opened once, closed as often as anybody likes, and of no use before and after.
import assert from 'node:assert/strict';
import { isMillraceError } from '@millrace/core';
import type { SinkCheck } from './sink-check.ts';

const REFUSED = (error: unknown) => isMillraceError(error, 'MR_SINK_NOT_OPEN');

/** Checks of opening and closing. */
export const SINK_LIFE_CHECKS: readonly SinkCheck[] = [
  {
    rule: 'SINK-6',
    title: 'a sink is closed twice, and without having been opened',
    look: 'a close that needs what only open takes, or that gives it back twice',
    run: async (trial) => {
      const opened = await trial.open();
      await opened.close?.();
      await opened.close?.();
      await trial.create().close?.();
    },
  },
  {
    rule: 'SINK-6',
    title: 'closing leaves outside what was written',
    look: 'what is written at close only, or thrown away by it',
    run: async (trial) => {
      await trial.write();
      await trial.reopen();
      await trial.assertDelivered();
    },
  },
  {
    rule: 'SINK-10',
    title: 'a write before open is refused and leaves nothing',
    look: 'the state before open',
    run: async (trial) => {
      const write = trial.expect();
      await assert.rejects(trial.repeat(write, trial.create()), REFUSED);
      await trial.assertNothing();
      await trial.repeat(write);
      await trial.assertDelivered();
    },
  },
  {
    rule: 'SINK-10',
    title: 'a write after close is refused and leaves nothing',
    look: 'the state that close leaves behind',
    run: async (trial) => {
      const closed = trial.create();
      await closed.open?.();
      await closed.close?.();
      const write = trial.expect();
      await assert.rejects(trial.repeat(write, closed), REFUSED);
      await trial.assertNothing();
      await trial.repeat(write);
      await trial.assertDelivered();
    },
  },
];
