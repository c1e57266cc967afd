// The process of a host: one connection for the agent; the threads of executors have their own.
import { availableParallelism } from 'node:os';
import { type Clock, type Logger, MsgpackCodec, type RandomSource, type Storage } from '@millrace/core';
import {
  type DataAddress,
  type DataTlsOptions,
  type ExecutorRunner,
  HostAgent,
  HostData,
  programDigest,
  readDataTls,
  scriptPath,
} from '@millrace/remote';
import type { NatsLinkOptions } from '../link/link-options.ts';
import type { NatsLink, NatsLinks } from '../link/nats-link.ts';
import { ServerChanges } from '../link/server-changes.ts';
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
  /** Runs executors in place of threads, for instance in a simulation. */
  readonly runner?: ExecutorRunner;
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
  /** The address of the data server; port 0: any free port. Absent: other hosts fetch over sessions. */
  readonly listen?: DataAddress | undefined;
  /** The address of the data server for other hosts. Default: the address of the server. */
  readonly advertise?: DataAddress | undefined;
  /** Certificates of data servers and of their users. Absent: no TLS. */
  readonly dataTls?: DataTlsOptions | undefined;
  /** True: other hosts may read data without TLS. */
  readonly insecureData?: boolean | undefined;
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
 * @throws `MR_CLUSTER_APP_NAME`, `MR_REMOTE_NO_PROGRAM`, `MR_REMOTE_DATA_INSECURE`, `MR_REMOTE_DATA_ADDRESS`, and the
 * errors of `NatsLinks.open`.
 */
export async function startHost(
  { links, clock, random, storage, log, runner }: HostProcessDeps,
  options: HostProcessOptions,
): Promise<HostProcess> {
  const { app, name, program, executors } = options;
  checkedApp(app);
  const codec = new MsgpackCodec();
  const digest = await programDigest(storage, scriptPath(program));
  const tls = options.dataTls === undefined ? undefined : await readDataTls(storage, options.dataTls);
  const { listen: address, advertise, insecureData } = options;
  const data =
    address && (await HostData.listen({ clock, codec, log, address, advertise, tls, insecureData }));
  const link = await openOrClose(links, data);
  const agent = new HostAgent({
    description: {
      host: name,
      incarnation: random.id(INCARNATION_LENGTH),
      slots: executors,
      cores: availableParallelism(),
      versions: ownVersions(),
      digest,
      ...(data === undefined ? {} : { dataAddress: data.address }),
    },
    wire: new NatsHostWire({ link, app, codec, log, driver: new ServerChanges({ clock, link }) }, name),
    runner: runner ?? new ThreadRunner({ app, host: name, program, link: options.link, data, dataTls: tls }),
    clock,
    log,
  });
  agent.start();
  log.info('the host offers executors', { host: name, app, executors, dataAddress: data?.address });
  return {
    leave: async () => {
      await agent.leave();
      await data?.close();
      await link.close();
    },
  };
}

/** Opens the connection; without a connection the data server ends as well. */
async function openOrClose(links: NatsLinks, data: HostData | undefined): Promise<NatsLink> {
  try {
    return await links.open('control');
  } catch (error) {
    await data?.close();
    throw error;
  }
}
