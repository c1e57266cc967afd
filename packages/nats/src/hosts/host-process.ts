// The process of a host: one connection for the agent; the threads of executors have their own.
import { availableParallelism } from 'node:os';
import { type Clock, type Logger, MsgpackCodec, type RandomSource, type Storage } from '@millrace/core';
import { HostAgent, programDigest, scriptPath } from '@millrace/remote';
import type { NatsLinkOptions } from '../link/link-options.ts';
import type { NatsLinks } from '../link/nats-link.ts';
import { checkedApp } from './host-subjects.ts';
import { NatsHostWire } from './host-wires.ts';
import { ownVersions } from './own-versions.ts';
import { ThreadRunner } from './thread-runner.ts';

/** Collaborators of a host process. */
export interface HostProcessDeps {
  readonly links: NatsLinks;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly storage: Storage;
  readonly log: Logger;
}

/** The host. */
export interface HostProcessOptions {
  readonly app: string;
  /** The name of the host; see `HostDescription.host`. */
  readonly name: string;
  /** The script of the program. */
  readonly program: string;
  /** The number of executors that the host runs at once. */
  readonly executors: number;
  /** The connections of executors. */
  readonly link: NatsLinkOptions;
}

/** A host that serves. */
export interface HostProcess {
  /** Ends the executors and the connection. May be repeated. */
  leave(): Promise<void>;
}

const INCARNATION_LENGTH = 12;

/**
 * Starts a host.
 *
 * @throws `MR_CLUSTER_APP_NAME`, `MR_REMOTE_NO_PROGRAM`, and the errors of `NatsLinks.open`.
 */
export async function startHost(
  { links, clock, random, storage, log }: HostProcessDeps,
  { app, name, program, executors, link: linkOptions }: HostProcessOptions,
): Promise<HostProcess> {
  checkedApp(app);
  const digest = await programDigest(storage, scriptPath(program));
  const link = await links.open('control');
  const agent = new HostAgent({
    description: {
      host: name,
      incarnation: random.id(INCARNATION_LENGTH),
      slots: executors,
      cores: availableParallelism(),
      versions: ownVersions(),
      digest,
    },
    wire: new NatsHostWire({ link, app, codec: new MsgpackCodec(), log }, name),
    runner: new ThreadRunner({ app, host: name, program, link: linkOptions }),
    clock,
    log,
  });
  agent.start();
  log.info('the host offers executors', { host: name, app, executors, digest });
  return {
    leave: async () => {
      await agent.leave();
      await link.close();
    },
  };
}
