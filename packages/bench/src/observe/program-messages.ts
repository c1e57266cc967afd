// The messages between the bench and an engine under measurement, a process of its own.

/** The work of a program. */
export interface CountingOptions {
  readonly batchIntervalMs: number;
  readonly recordsPerSecond: number;
  /** True: the engine has a dashboard. */
  readonly isWatched: boolean;
}

/** The engine runs. */
export interface ProgramReady {
  /** The address of the dashboard; empty without a dashboard. */
  readonly dashboard: string;
}

/** The use of the program so far. */
export interface ProgramUsage {
  /** The processor time of the process, in microseconds. */
  readonly cpuMicros: number;
  /** The records that are counted. */
  readonly records: number;
}
