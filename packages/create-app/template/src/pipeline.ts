// The program: readings in, windows of event time out. The functions know neither HTTP nor SQLite, so tests run the program
// on arrays, under virtual time.
import type { DStream } from 'millrace';
import type { Reading } from './reading.ts';
import type { Settings } from './settings.ts';

/** The readings of one sensor in one window. */
export interface WindowRow {
  readonly sensor: string;
  /** Begin of the window, as `2026-11-30T12:00:00.000Z`. */
  readonly windowStart: string;
  readonly windowEnd: string;
  readonly count: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
}

/** The results of the program. */
export interface Results {
  /** A row for each complete window; the row comes again with new values when a late reading changes the window. */
  readonly windows: DStream<WindowRow>;
  /** Readings that came too late for their window. */
  readonly late: DStream<Reading>;
}

interface Sums {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

/** Defines the program on a stream of readings. */
export function definePipeline(
  readings: DStream<Reading>,
  settings: Pick<Settings, 'windowMs' | 'outOfOrdernessMs' | 'allowedLatenessMs'>,
): Results {
  const { windowMs, outOfOrdernessMs, allowedLatenessMs } = settings;
  const windows = readings
    // A reading for which a function throws becomes a dead letter, and its batch goes on.
    .map(inCelsius)
    .assignTimestamps(({ at }) => Date.parse(at), {
      outOfOrdernessMs,
      // A reading of a wrong clock, further ahead than this, is late and a dead letter, and closes no window.
      maxFutureMs: 300_000,
      // When all sensors are silent, the last windows are emitted. The silence is longer than a restart takes.
      idleAfterMs: 10_000,
      idleAdvanceMs: windowMs + outOfOrdernessMs,
    })
    // Checkpoints keep state under these names: a name must not change while its state matters.
    .uid('readings')
    .map((reading): [string, Reading] => [reading.sensor, reading])
    .tumbling(windowMs)
    .allowedLateness(allowedLatenessMs)
    .aggregateByKey(noSums, withReading, together)
    .uid('windows');
  return {
    windows: windows.map(([sensor, { startMs, endMs, value }]) => ({
      sensor,
      windowStart: new Date(startMs).toISOString(),
      windowEnd: new Date(endMs).toISOString(),
      count: value.count,
      mean: value.sum / value.count,
      min: value.min,
      max: value.max,
    })),
    late: windows.lateRecords().map(([, reading]) => reading),
  };
}

function inCelsius(reading: Reading): Reading {
  const { value, unit } = reading;
  if (unit === 'C') return reading;
  if (unit === 'F') return { ...reading, value: ((value - 32) * 5) / 9, unit: 'C' };
  throw new Error(`expected the unit C or F, got ${JSON.stringify(unit)}`);
}

function noSums(): Sums {
  return { count: 0, sum: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };
}

function withReading(sums: Sums, { value }: Reading): Sums {
  return together(sums, { count: 1, sum: value, min: value, max: value });
}

function together(one: Sums, other: Sums): Sums {
  return {
    count: one.count + other.count,
    sum: one.sum + other.sum,
    min: Math.min(one.min, other.min),
    max: Math.max(one.max, other.max),
  };
}
