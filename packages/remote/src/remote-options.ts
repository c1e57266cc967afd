// The settings of executors that have their own copy of the program, over any transport.

/** Settings of a `RemoteExecutorBackend`. All times are milliseconds on the monotonic clock. */
export interface RemoteExecutorOptions {
  /** The number of executors; undefined: one for each place of the launcher. `master` of a context wins over this number. */
  readonly executors?: number | undefined;
  /** Tasks that each executor runs at once. */
  readonly cores: number;
  /** The period of heartbeats. */
  readonly heartbeatMs: number;
  /** An executor without an answer to heartbeats for this long is ended and replaced. */
  readonly heartbeatTimeoutMs: number;
  /** An executor has this long to load the program. */
  readonly startTimeoutMs: number;
  /** The delay before an executor is replaced; doubles after short lives. */
  readonly restartDelayMs: number;
  /** The longest delay before a replacement. */
  readonly restartDelayMaxMs: number;
}
