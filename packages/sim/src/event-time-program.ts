// The part of a simulated program with event-time windows. This part writes all visible results: the watermark of each
// batch, the emitted windows, and the late records.
import type { DStream, EventTimeStream, EventWindow } from '@millrace/engine';
import { eventTimeOf, isHeartbeat } from './event-times.ts';
import type { EventTimePlan, EventWindowPlan } from './plan.ts';
import { output, type SimProgramSetup } from './sim-output.ts';
import type { SimRecord } from './sim-record.ts';

/** The names of the outputs. */
export const EVENT_OUTPUTS = {
  watermarks: 'watermarks',
  windows: 'event windows',
  late: 'late records',
} as const;

/** The number of keys. */
export const EVENT_KEYS = 5;

type Event = [atMs: number, number: number];

/** Adds the windows to a program. */
export function buildEventTime(
  streams: readonly DStream<SimRecord>[],
  plan: EventTimePlan,
  setup: SimProgramSetup,
): void {
  const events = eventsOf(streams, plan, setup).uid('events');
  const pairs = events
    .filter(([, number]) => !isHeartbeat(number))
    .map(([, number]): [number, number] => [number % EVENT_KEYS, number]);
  const windows = windowsOf(pairs, plan.windows)
    .allowedLateness(plan.allowedLatenessMs)
    // The function changes its first argument, as permitted: a window shared with another value would reveal the
    // sharing.
    .aggregateByKey(
      (): number[] => [],
      pushed,
      (one, other) => pushed(one, ...other),
      {
        partitions: plan.partitions,
      },
    )
    .uid('windows');
  output(events.watermarks, EVENT_OUTPUTS.watermarks, setup, (marks) =>
    marks.map(({ beforeMs, afterMs }) => [String(beforeMs), String(afterMs)]),
  );
  output(windows, EVENT_OUTPUTS.windows, setup, (results) => results.map(asRecord));
  output(windows.lateRecords(), EVENT_OUTPUTS.late, setup, (records) => records);
}

function eventsOf(
  streams: readonly DStream<SimRecord>[],
  { sources, timestamps }: EventTimePlan,
  { plan }: SimProgramSetup,
): EventTimeStream<Event> {
  const [first, ...others] = streams.map((stream, index) => {
    const streamPlan = plan.streams[index];
    if (streamPlan === undefined) throw new TypeError(`stream ${index} is not in the plan`);
    return stream.map(([number]): Event => [eventTimeOf(number, streamPlan), number]);
  });
  if (first === undefined) throw new TypeError('a program has at least one stream');
  if (sources === 'together') return first.union(...others).assignTimestamps(timeOf, timestamps);
  const timed = [first, ...others].map((stream, index) =>
    stream.assignTimestamps(timeOf, timestamps).uid(`events-${index}`),
  );
  const [one, ...rest] = timed as [EventTimeStream<Event>, ...EventTimeStream<Event>[]];
  return rest.length === 0 ? one : one.union(...rest);
}

function timeOf([atMs]: Event): number {
  return atMs;
}

function windowsOf(pairs: EventTimeStream<[number, number]>, plan: EventWindowPlan) {
  switch (plan.kind) {
    case 'tumbling':
      return pairs.tumbling(plan.sizeMs);
    case 'sliding':
      return pairs.sliding(plan.sizeMs, plan.slideMs);
    case 'session':
      return pairs.session(plan.gapMs);
  }
}

function pushed(values: number[], ...more: readonly number[]): number[] {
  values.push(...more);
  return values;
}

/** A copy, because the ledger keeps the record. */
function asRecord([key, window]: [number, EventWindow<number[]>]): readonly unknown[] {
  const { startMs, endMs, value, replaces = [] } = window;
  return [key, startMs, endMs, [...value], replaces.map((old) => [old.startMs, old.endMs])];
}
