// The options of blocks on NATS.
import { type OptionTable, schemaByTable, wholeNumberWithin } from '@millrace/core/engine';
import {
  CLUSTER_RULES,
  clusterMismatches,
  type NatsClusterInput,
  type NatsClusterOptions,
} from '../servers/cluster-options.ts';

/** The options of `natsBlocks`. */
export interface NatsBlocksOptions extends NatsClusterOptions {
  /** The largest number of messages of one executor that are sent and not acknowledged. */
  readonly windowMessages: number;
  /** The size of these messages, in bytes; a larger message goes alone. */
  readonly windowBytes: number;
  /** The longest wait of a read for the servers, in milliseconds; the task is then tried again. */
  readonly readTimeoutMs: number;
  /**
   * The time for which a block may wait for the servers without holding back its receiver, in milliseconds, for instance during an
   * election; see `ReceivedBlockHandler.stallMs`.
   */
  readonly stallMs: number;
  /** The time limit, in milliseconds, for registering a stored block with the driver. */
  readonly registrationGraceMs: number;
}

const MIB = 2 ** 20;
const DAY_MS = 86_400_000;

/** The rules of `natsBlocks`. */
export const NATS_BLOCKS_RULES: OptionTable<NatsBlocksOptions> = {
  ...CLUSTER_RULES,
  windowMessages: wholeNumberWithin(1, 1_024, 16),
  windowBytes: wholeNumberWithin(1, 1_024 * MIB, 8 * MIB),
  readTimeoutMs: wholeNumberWithin(1, DAY_MS, 15_000),
  stallMs: wholeNumberWithin(0, DAY_MS, 10_000),
  registrationGraceMs: wholeNumberWithin(0, 7 * DAY_MS, 3_600_000),
};

/** The required options, and any others. */
export type NatsBlocksInput = NatsClusterInput & Partial<NatsBlocksOptions>;

/** Describes the options of `natsBlocks`. */
export const natsBlocksOptions = schemaByTable<NatsBlocksInput, NatsBlocksOptions>(
  NATS_BLOCKS_RULES,
  clusterMismatches,
);
