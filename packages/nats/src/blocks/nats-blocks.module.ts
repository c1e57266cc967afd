// Blocks on NATS as a plugin: the handler of every executor, and the keeper of the driver.
import {
  BlockLogKeeper,
  BlockStore,
  Clock,
  Codec,
  definePlugin,
  Logger,
  pluginModule,
  RandomSource,
  ReceivedBlockHandler,
  Storage,
} from '@millrace/core';
import manifest from '@millrace/nats/package.json' with { type: 'json' };
import { type GivenLinks, LINKS_IF_ANY } from '../link/given-links.ts';
import { CLUSTER_SECRETS } from '../servers/cluster-options.ts';
import { checkedLinks } from '../servers/checked-links.ts';
import { BlockConnection } from './block-connection.ts';
import { blockStreamConfigs } from './block-streams.ts';
import { NatsBlockHandler } from './nats-block-handler.ts';
import { NatsBlockKeeper } from './nats-block-keeper.ts';
import { natsBlocksOptions } from './nats-blocks.options.ts';

/**
 * Received blocks in streams of JetStream: `natsBlocks({ servers: 'nats://a,b,c', app: 'delays' })`. A block is acknowledged to its
 * source when a quorum of servers has the block, and is read on every host. Provides `ReceivedBlockHandler` and `BlockLogKeeper`.
 *
 * @throws `MR_CONFIG_INVALID_OPTION`.
 */
export const natsBlocks = definePlugin({
  name: '@millrace/nats/blocks',
  version: manifest.version,
  contract: 1,
  provides: [ReceivedBlockHandler, BlockLogKeeper],
  optionsSchema: natsBlocksOptions,
  secrets: CLUSTER_SECRETS,
  module: (options) => {
    const { app, replicas, windowMessages, windowBytes, readTimeoutMs, stallMs, registrationGraceMs } =
      options;
    const streams = blockStreamConfigs(app, { replicas });
    return pluginModule((bind) => {
      let connection: BlockConnection | undefined;
      bind(ReceivedBlockHandler).toResolvedValue(
        (clock, random, storage, log, blockStore, codec, given: GivenLinks | undefined) => {
          const links = checkedLinks({ clock, random, storage, log, options, given });
          const window = { messages: windowMessages, bytes: windowBytes };
          const made = new BlockConnection({ links, clock, random, log, streams, window, readTimeoutMs });
          connection = made;
          return new NatsBlockHandler({ connection: made, blockStore, codec, log, stallMs });
        },
        [Clock, RandomSource, Storage, Logger, BlockStore, Codec, LINKS_IF_ANY],
      );
      // The handler comes first: the keeper uses its connection, and is closed before the connection is.
      bind(BlockLogKeeper).toResolvedValue(
        (clock, log, _handler) => {
          if (connection === undefined) throw new TypeError('the handler of blocks was not made');
          const names = streams.map(({ name }) => name);
          return new NatsBlockKeeper({ connection, clock, log, streams: names, registrationGraceMs });
        },
        [Clock, Logger, ReceivedBlockHandler],
      );
    });
  },
});
