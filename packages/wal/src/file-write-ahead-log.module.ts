// The file log as a plugin: logs by name for any component, and durable received blocks.
import {
  pluginModule,
  BlockStore,
  Clock,
  Codec,
  definePlugin,
  Logger,
  ProcessRole,
  RandomSource,
  ReceivedBlockHandler,
  Storage,
  WriteAheadLogFactory,
} from '@millrace/core';
import { AbandonedLogs } from './abandoned-logs.ts';
import { FileWriteAheadLog } from './file-write-ahead-log.ts';
import { FileWriteAheadLogFactory } from './file-write-ahead-log-factory.ts';
import manifest from '@millrace/wal/package.json' with { type: 'json' };
import { fileWriteAheadLogOptionsSchema, logOptionsOf } from './file-write-ahead-log.options.ts';
import { WalReceivedBlockHandler } from './wal-received-block-handler.ts';

/** The slot of the first executor. If its successor gets another slot, old logs are cleaned after the next start. */
const FIRST_SLOT = '0';

/**
 * Logs in files, and blocks in a log: `fileWriteAheadLog({ directory: './data/wal' })`. Provides
 * `WriteAheadLogFactory` and `ReceivedBlockHandler`. Each log has a folder of its name in the directory.
 *
 * @throws `MR_CONFIG_INVALID_OPTION`.
 */
export const fileWriteAheadLog = definePlugin({
  name: '@millrace/wal',
  version: manifest.version,
  contract: 1,
  provides: [WriteAheadLogFactory, ReceivedBlockHandler],
  optionsSchema: fileWriteAheadLogOptionsSchema,
  module: (options) => {
    const logOptions = logOptionsOf(options);
    const { directory: root, shared: isShared, blocks, inlineBlockBytes, registrationGraceMs } = options;
    return pluginModule((bind) => {
      bind(WriteAheadLogFactory).toResolvedValue(
        (storage, clock, random, log) =>
          new FileWriteAheadLogFactory({ storage, clock, random, log, root, isShared, options: logOptions }),
        [Storage, Clock, RandomSource, Logger],
      );
      bind(ReceivedBlockHandler).toResolvedValue(
        (storage, clock, random, log, blockStore, codec, role) => {
          // Each executor writes a log of its own, and every executor can read all logs.
          const name = role.executor === undefined ? blocks : `${blocks}-${role.executor.slot}`;
          const open = (walLog: string) =>
            FileWriteAheadLog.open({
              storage,
              clock,
              random,
              root,
              options: logOptions,
              name: walLog,
              log: log.child({ walLog }),
              isSparse: true,
            });
          // One cleaner is sufficient: the first executor, or a single process.
          const looksAfterOthers = role.executor === undefined || role.executor.slot === FIRST_SLOT;
          const places = { storage, root, prefix: blocks, own: name, openLog: open };
          return new WalReceivedBlockHandler({
            openLog: () => open(name),
            ...(looksAfterOthers
              ? { abandoned: new AbandonedLogs({ ...places, clock, log, registrationGraceMs }) }
              : {}),
            blockStore,
            codec,
            clock,
            log,
            inlineBlockBytes,
            registrationGraceMs,
            isSynced: options.sync,
            isShared,
          });
        },
        [Storage, Clock, RandomSource, Logger, BlockStore, Codec, ProcessRole],
      );
    });
  },
});
