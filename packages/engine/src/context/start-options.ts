// Options of a start, checked before anything is started.
import { type OptionTable, resolveOptions } from '@millrace/core/engine';
import { patience } from './stop-options.ts';

/** Options of starting a context. */
export interface StartOptions {
  /**
   * The longest wait for the receivers, in milliseconds; `Infinity`: no bound. `start` then resolves when every receiver
   * has started or has ended for good: it listens, is connected, or has its source open. Default: no wait.
   */
  readonly awaitReceivers?: number;
}

const RULES: OptionTable<StartOptions> = { awaitReceivers: patience };

/** @throws `MR_CONFIG_INVALID_OPTION`. */
export function resolveStartOptions(given: StartOptions): StartOptions {
  return resolveOptions({ owner: 'start', table: RULES, given });
}
