// The settings of executors in tests, with those of @millrace/threads as defaults.
import type { RemoteExecutorOptions } from '../src/remote-options.ts';

/** Complete settings. */
export function remoteOptions(changed: Partial<RemoteExecutorOptions> = {}): RemoteExecutorOptions {
  return {
    cores: 2,
    heartbeatMs: 1_000,
    heartbeatTimeoutMs: 30_000,
    startTimeoutMs: 30_000,
    restartDelayMs: 500,
    restartDelayMaxMs: 30_000,
    ...changed,
  };
}
