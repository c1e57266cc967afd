// Reads the gauges at most once a second, and measures the growth of some amounts between readings.
import type { Clock } from '@millrace/core';
import type { EngineGauges, EngineReading, LogGauges, ProgramNode } from '@millrace/core/observation';
import { GrowthMeter } from './growth-meter.ts';
import { RollingSum } from './rolling-sum.ts';

const READ_EVERY_MS = 1_000;
const ROOM_SPAN_MS = 600_000;
const ROOM_LEAST_MS = 60_000;
const CPU_SPAN_MS = 10_000;
const CPU_LEAST_MS = 1_000;
const DROPPED_SPAN_MS = 120_000;
/** Readings whose loop delays count for the verdict. */
const LOOP_READINGS = 10;
/** Logs whose room is measured. */
const LOGS_MAX = 100;
/** The name of the log of the driver, among those of executors. */
const DRIVER_LOG = '';

/** The least time until a log has no room. */
export interface LogRoom {
  /** The executor of the log; empty for the log of the driver. */
  readonly executorId: string;
  readonly roomBytes: number;
  /** Undefined: the log does not grow, or the growth is not known yet. */
  readonly fullInMs: number | undefined;
}

/** Reads the gauges. */
export class GaugeReader {
  readonly #gauges: EngineGauges | undefined;
  readonly #clock: Clock;
  readonly #onReading: (reading: EngineReading, monotonicMs: number) => void;
  readonly #rooms = new Map<string, GrowthMeter>();
  readonly #cpu = new GrowthMeter(CPU_SPAN_MS, CPU_LEAST_MS);
  readonly #dropped = new RollingSum(DROPPED_SPAN_MS);
  #loopDelays: number[] = [];
  #reading: EngineReading | undefined;
  #readMs = Number.NEGATIVE_INFINITY;

  constructor(
    gauges: EngineGauges | undefined,
    clock: Clock,
    onReading: (reading: EngineReading, monotonicMs: number) => void,
  ) {
    this.#gauges = gauges;
    this.#clock = clock;
    this.#onReading = onReading;
  }

  /** The newest reading, at most a second old; undefined without gauges or before a context. */
  read(): EngineReading | undefined {
    const monotonicMs = this.#clock.monotonicMs();
    if (this.#gauges === undefined || monotonicMs - this.#readMs < READ_EVERY_MS) return this.#reading;
    this.#readMs = monotonicMs;
    const reading = this.#gauges.read();
    if (reading === undefined || reading === this.#reading) return this.#reading;
    const before = this.#reading?.droppedEvents ?? reading.droppedEvents;
    this.#reading = reading;
    this.#measure(reading, before, monotonicMs);
    this.#onReading(reading, monotonicMs);
    return reading;
  }

  /** The reading as it was at the last `read`. */
  get newest(): EngineReading | undefined {
    return this.#reading;
  }

  /** The graph of the program. */
  program(): readonly ProgramNode[] {
    return this.#gauges?.program() ?? [];
  }

  /** Processor time of the driver's process over the newest seconds, in cores. */
  get cores(): number | undefined {
    const perSecond = this.#cpu.perSecond;
    return perSecond === undefined ? undefined : Math.round(perSecond / 10) / 100;
  }

  /** The middle one of the newest p95 of the driver's loop delay, in milliseconds. */
  get loopDelayMs(): number | undefined {
    return this.#loopDelays.toSorted((one, other) => one - other)[Math.floor(this.#loopDelays.length / 2)];
  }

  /** Events that were dropped in the newest two minutes. */
  recentDropped(monotonicMs: number): number {
    return this.#dropped.sum(monotonicMs);
  }

  /** The log that has no room first, or else the log with the least room; undefined: no log tells its room. */
  logRoom(): LogRoom | undefined {
    const rooms: LogRoom[] = [];
    for (const [executorId, { roomBytes }] of logsOf(this.#reading)) {
      if (roomBytes === undefined) continue;
      const growth = this.#rooms.get(executorId)?.perSecond;
      const fullInMs = growth === undefined || growth >= 0 ? undefined : (1_000 * roomBytes) / -growth;
      rooms.push({ executorId, roomBytes, fullInMs });
    }
    const inMs = ({ fullInMs = Number.MAX_VALUE }: LogRoom): number => fullInMs;
    return rooms.toSorted((one, other) => inMs(one) - inMs(other) || one.roomBytes - other.roomBytes)[0];
  }

  #measure(reading: EngineReading, droppedBefore: number, monotonicMs: number): void {
    this.#cpu.take(reading.driver.cpuMs, monotonicMs);
    const dropped = reading.droppedEvents - droppedBefore;
    if (dropped > 0) this.#dropped.add(dropped, monotonicMs);
    const { loopDelay } = reading.driver;
    if (loopDelay !== undefined)
      this.#loopDelays = [...this.#loopDelays, loopDelay.p95Ms].slice(-LOOP_READINGS);
    const logs = logsOf(reading);
    for (const [executorId, { roomBytes }] of logs) {
      if (roomBytes === undefined) continue;
      const meter = this.#rooms.get(executorId) ?? new GrowthMeter(ROOM_SPAN_MS, ROOM_LEAST_MS);
      if (this.#rooms.size < LOGS_MAX) this.#rooms.set(executorId, meter);
      meter.take(roomBytes, monotonicMs);
    }
    for (const executorId of this.#rooms.keys()) if (!logs.has(executorId)) this.#rooms.delete(executorId);
  }
}

/** The logs of a reading by executor; the log of the driver has the name `''`. */
function logsOf(reading: EngineReading | undefined): ReadonlyMap<string, LogGauges> {
  const logs = new Map<string, LogGauges>();
  if (reading?.log !== undefined) logs.set(DRIVER_LOG, reading.log);
  for (const { executorId, log } of reading?.executors ?? [])
    if (log !== undefined) logs.set(executorId, log);
  return logs;
}
