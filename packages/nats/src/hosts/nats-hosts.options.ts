// The options of executors on hosts.
import { type OptionTable, option, schemaByTable, wholeNumberWithin } from '@millrace/core/engine';
import { LINK_RULES, linkMismatches, type NatsLinkOptions } from '../link/link-options.ts';

/** The options of `natsHosts`. */
export interface NatsHostsOptions extends NatsLinkOptions {
  /** The number of executors. Default: one for each slot of the hosts, also of hosts that join later. */
  readonly executors?: number | undefined;
  /** The number of concurrent tasks of an executor: one task computes, the others may wait for I/O. */
  readonly cores: number;
  /** The script of the program, for its digest: a path or `import.meta.url`. Default: the script that started the process. */
  readonly program?: string | undefined;
  /** The longest wait for hosts at the start, in milliseconds. */
  readonly rollCallMs: number;
  /** The time without a beat of a host after which its executors are replaced, in milliseconds. */
  readonly hostSilentMs: number;
  /** The largest difference between the clocks of driver and host, in milliseconds; a host beyond gets no executors. */
  readonly clockOffsetMaxMs: number;
  /** The period of heartbeats of executors, in milliseconds. */
  readonly heartbeatMs: number;
  /** The time without a heartbeat after which an executor is ended by its host and replaced, in milliseconds. */
  readonly heartbeatTimeoutMs: number;
  /** The time limit for loading the program on an executor, in milliseconds. */
  readonly startTimeoutMs: number;
  /** The delay before an executor is replaced, in milliseconds; doubled after short lives. */
  readonly restartDelayMs: number;
  /** The longest delay before an executor is replaced, in milliseconds. */
  readonly restartDelayMaxMs: number;
}

const DAY_MS = 86_400_000;

/** The rules of `natsHosts`. */
export const NATS_HOSTS_RULES: OptionTable<NatsHostsOptions> = {
  ...LINK_RULES,
  executors: wholeNumberWithin(1, 9_999),
  cores: wholeNumberWithin(1, 1_000, 2),
  program: option(
    'the path or the URL of a script',
    (value) => typeof value === 'string' && value.trim() !== '',
  ),
  rollCallMs: wholeNumberWithin(0, DAY_MS, 2_000),
  hostSilentMs: wholeNumberWithin(2_000, DAY_MS, 5_000),
  clockOffsetMaxMs: wholeNumberWithin(1, DAY_MS, 5_000),
  heartbeatMs: wholeNumberWithin(1, DAY_MS, 1_000),
  heartbeatTimeoutMs: wholeNumberWithin(1, DAY_MS, 30_000),
  startTimeoutMs: wholeNumberWithin(1, DAY_MS, 30_000),
  restartDelayMs: wholeNumberWithin(1, DAY_MS, 500),
  restartDelayMaxMs: wholeNumberWithin(1, DAY_MS, 30_000),
};

/** The required options, and any others. */
export type NatsHostsInput = Pick<NatsHostsOptions, 'servers'> & Partial<NatsHostsOptions>;

/** Describes the options of `natsHosts`. */
export const natsHostsOptions = schemaByTable<NatsHostsInput, NatsHostsOptions>(
  NATS_HOSTS_RULES,
  linkMismatches,
);
