// The data server of a host process, and the connections to the executors behind the server: each executor is a thread with a
// port of its own, over which buckets are handed over without a copy.
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { coreError, type ExecutorId } from '@millrace/core';
import { remoteError } from '../remote-errors.ts';
import { RpcChannel } from '../rpc-channel.ts';
import { WorkerTransport } from '../worker-transport.ts';
import { type DataAddress, formatDataAddress } from './data-address.ts';
import { DataServer, type DataServerDeps } from './data-server.ts';

/** Collaborators of a `HostData`. */
export interface HostDataDeps extends Omit<DataServerDeps, 'answer'> {
  /**
   * The address under which other hosts reach the server. Default: the address of the server; required when the server listens
   * on every address of the host.
   */
  readonly advertise?: DataAddress | undefined;
}

const EVERY_ADDRESS: readonly string[] = ['0.0.0.0', '::'];

/** A data server with its executors. */
export class HostData {
  /** The address for other hosts, as `host:port`. */
  readonly address: string;
  readonly #server: DataServer;
  readonly #executors: Map<ExecutorId, RpcChannel>;
  #secret: Uint8Array | undefined;

  private constructor(
    server: DataServer,
    executors: Map<ExecutorId, RpcChannel>,
    advertise = server.address,
  ) {
    this.#server = server;
    this.#executors = executors;
    this.address = formatDataAddress(advertise);
  }

  /** Starts the server. @throws `MR_REMOTE_DATA_INSECURE`, `MR_REMOTE_DATA_ADDRESS`. */
  static async listen({ advertise, ...deps }: HostDataDeps): Promise<HostData> {
    if (advertise === undefined && EVERY_ADDRESS.includes(deps.address.host)) {
      const at = formatDataAddress(deps.address);
      const message = `the data server listens on every address (${at}), so other hosts need a name: advertise host:port`;
      throw remoteError('MR_REMOTE_DATA_ADDRESS', message, { details: { address: at } });
    }
    const executors = new Map<ExecutorId, RpcChannel>();
    const server = await DataServer.listen({
      ...deps,
      answer: (to, kind, request) =>
        executors.get(to)?.ask(kind, request) ?? Promise.reject(notHere(to, kind)),
    });
    return new HostData(server, executors, advertise);
  }

  /** The executors behind the server. */
  get executors(): readonly ExecutorId[] {
    return [...this.#executors.keys()];
  }

  /**
   * Serves an executor from now on, until the executor's end of the port is closed.
   *
   * @param secret The secret of the executor's epoch. Another secret than before begins an epoch: requests under the secret
   * before are refused.
   * @returns the port for the thread of the executor, for `SessionDeps.data`.
   */
  connect(executorId: ExecutorId, secret: Uint8Array): MessagePort {
    if (this.#secret === undefined || !Buffer.from(secret).equals(this.#secret)) this.#server.admit(secret);
    this.#secret = secret;
    const { port1, port2 } = new MessageChannel();
    const channel: RpcChannel = new RpcChannel({
      end: new WorkerTransport(port1),
      answer: async (kind) => {
        throw notHere(executorId, kind);
      },
      unreachable: (kind) => notHere(executorId, kind),
      onClose: () => {
        if (this.#executors.get(executorId) === channel) this.#executors.delete(executorId);
      },
    });
    this.#executors.set(executorId, channel);
    return port2;
  }

  /** Ends the server, and the connections to executors. May be repeated. */
  async close(): Promise<void> {
    for (const channel of this.#executors.values()) channel.close();
    await this.#server.close();
  }
}

function notHere(executorId: ExecutorId, kind: string): Error {
  return coreError('MR_EXECUTOR_UNREACHABLE', `executor ${executorId} is not on this host`, {
    details: { executorId, kind },
  });
}
