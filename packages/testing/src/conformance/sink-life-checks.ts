// The life of a sink: one open, any number of closes, and no writes before and after.
import assert from 'node:assert/strict';
import { isMillraceError } from '@millrace/core';
import type { SinkCheck } from './sink-check.ts';

const REFUSED = (error: unknown) => isMillraceError(error, 'MR_SINK_NOT_OPEN');

/** Checks of opening and closing. */
export const SINK_LIFE_CHECKS: readonly SinkCheck[] = [
  {
    rule: 'SINK-6',
    title: 'a sink may be closed twice, and without having been opened',
    look: 'a close that needs state set by open, or that releases resources twice',
    run: async (trial) => {
      const opened = await trial.open();
      await opened.close?.();
      await opened.close?.();
      await trial.create().close?.();
    },
  },
  {
    rule: 'SINK-6',
    title: 'closing keeps all written records in the destination',
    look: 'records written only at close, or discarded by close',
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
    look: 'the state left behind by close',
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
