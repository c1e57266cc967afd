// The effect of each event on the memory of an observer.
import type { ReceiverInfo, StreamingEvents } from '@millrace/core';
import type { LiveChanges } from './live/live-changes.ts';
import type { Observation } from './observation.ts';

/** A handler for each event that has an effect. */
export type EventHandlers = {
  /** `monotonicMs`: the arrival of the event. */
  readonly [K in keyof StreamingEvents]?: (value: StreamingEvents[K], monotonicMs: number) => void;
};

/** The handlers of an observer. */
export function eventHandlers(observation: Observation, live: LiveChanges): EventHandlers {
  const { clock, counters, inputs, recent } = observation;
  const takeReceiver = ({ receiver }: { readonly receiver: ReceiverInfo }): void => {
    inputs.takeReceiver(receiver, { timeMs: clock.now(), monotonicMs: clock.monotonicMs() });
    live.receiverChanged(receiver.streamId);
  };
  const moveTo = (state: Parameters<Observation['moveTo']>[0]): void => {
    observation.moveTo(state);
    live.stateChanged();
  };
  return {
    'streaming:started': ({ timeMs }) => {
      observation.startedMs = timeMs;
      moveTo('active');
    },
    'streaming:failed': ({ error, timeMs }) => {
      observation.fail(error, timeMs);
      moveTo('stopping');
    },
    'streaming:stopped': () => moveTo('stopped'),
    'driver:standby': () => moveTo('standby'),
    'driver:in-charge': () => moveTo('starting'),
    'receiver:starting': takeReceiver,
    'receiver:started': takeReceiver,
    'receiver:restarting': takeReceiver,
    'receiver:failed': takeReceiver,
    'receiver:stopped': takeReceiver,
    'receiver:error': (value) => {
      takeReceiver(value);
      inputs.of(value.receiver.streamId, value.receiver.name).errors += 1;
    },
    'receiver:rate-changed': ({ rate }) => {
      inputs.takeRate(rate);
      live.receiverChanged(rate.streamId);
    },
    'records:left-out': ({ leftOut }) => {
      counters.totals.leftOutRecords += leftOut.recordCount;
      recent.takeLeftOut(leftOut, clock.monotonicMs());
      const stream = inputs.of(leftOut.streamId, leftOut.name);
      stream.leftOutRecords = Math.max(stream.leftOutRecords, leftOut.totalCount);
    },
    'records:late': ({ late }) => observation.takeLate(late),
    'records:ahead': ({ ahead }) => {
      counters.totals.aheadRecords += ahead.recordCount;
      recent.ahead.add(ahead.recordCount, clock.monotonicMs());
    },
    'records:failed': ({ failed }) => recent.takeFailed(failed, clock.monotonicMs()),
    'batch-times:adjusted': ({ adjustment }) => {
      if (adjustment.kind === 'skipped') counters.totals.skippedBatches += adjustment.batchCount;
    },
    'watermark:advanced': ({ watermark }) =>
      observation.watermarks.update(watermark.stream, () => ({ ...watermark })),
    'state:changed': ({ state }) => observation.states.update(state.operator, () => state.keys),
    'checkpoint:completed': ({ checkpoint }) =>
      observation.checkpoints.takeCompleted(checkpoint, {
        timeMs: clock.now(),
        monotonicMs: clock.monotonicMs(),
      }),
    'checkpoint:failed': ({ checkpoint }) => observation.checkpoints.takeFailed(checkpoint),
    'executor:added': ({ executor }) => {
      observation.losses.takeAdded(executor);
      observation.lostHosts.takeAdded(executor);
    },
    'executor:lost': ({ executor }) => {
      observation.losses.takeLost(executor, clock.monotonicMs());
      observation.lostHosts.takeLost(executor, clock.monotonicMs());
    },
    'batch:submitted': ({ batch }) => {
      observation.takeBatch(batch);
      live.batchChanged(batch.batchTime);
    },
    'batch:started': ({ batch }) => {
      observation.takeBatch(batch);
      live.batchChanged(batch.batchTime);
    },
    'batch:completed': ({ batch }, monotonicMs) =>
      live.batchChanged(batch.batchTime, observation.takeCompleted(batch, monotonicMs)),
    'output-operation:started': ({ operation }) => {
      observation.takeOutput(operation, false);
      live.batchChanged(operation.batchTime);
    },
    'output-operation:completed': ({ operation }) => {
      observation.takeOutput(operation, true);
      live.batchChanged(operation.batchTime);
    },
  };
}
