// The executor's side: registers the program with the driver, creates the endpoint after acceptance, and then only
// transports messages. Connections to other executors come from the driver, and end with the other executor.
//
//   hello ──► welcome ──► ready ──► requests, peers, pings … ──► end ──► ended
//        └──► refused
import type { ExecutorId } from '@millrace/core';
import { coreError } from '@millrace/core';
import {
  deserializeError,
  type DriverEndpoint,
  type ExecutorEndpoint,
  type ExecutorPeers,
  type ExecutorSession,
  type ExecutorProgram,
  type PeerGone,
} from '@millrace/core/engine';
import { ChannelLogger } from './channel-logger.ts';
import { channelPeer } from './channel-peer.ts';
import { RpcChannel } from './rpc-channel.ts';
import type { FromDriver, FromExecutor } from './envelope.ts';
import { isPeerKind } from './peer-kinds.ts';
import { wordOfDriver } from './envelope-shapes.ts';
import type { Connector, Peer, Transport } from './transport.ts';

/** Collaborators of an executor session. */
export interface SessionDeps {
  readonly slot: string;
  readonly application: string;
  /** The connection to the driver. */
  readonly end: Transport;
  readonly connector: Pick<Connector, 'adopt'>;
  /**
   * The connection to the data server of the executor's host, which passes the requests of other executors on. Absent: the
   * host has none.
   */
  readonly data?: Transport | undefined;
}

/** The shipped `ExecutorSession`. */
export class ChannelExecutorSession implements ExecutorSession {
  readonly slot: string;
  readonly #deps: SessionDeps;
  readonly #peers = new Map<ExecutorId, Peer>();
  readonly #served = Promise.withResolvers<never>();
  #driver: RpcChannel | undefined;
  #program: ExecutorProgram | undefined;
  #endpoint: ExecutorEndpoint | undefined;

  constructor(deps: SessionDeps) {
    this.slot = deps.slot;
    this.#deps = deps;
  }

  isFor(application: string): boolean {
    return application === this.#deps.application;
  }

  serve(program: ExecutorProgram): Promise<never> {
    this.#program = program;
    this.#driver = new RpcChannel({
      end: this.#deps.end,
      answer: (kind, request) => this.#answer(kind, request),
      unreachable: (kind) => unreachable('the driver', kind),
      onOther: (message, attachment) => this.#take(wordOfDriver(message), attachment),
    });
    this.#serveData();
    const { application, fingerprint, shape } = program;
    this.#post({ type: 'hello', application, fingerprint, shape });
    return this.#served.promise;
  }

  #serveData(): void {
    const { data: end } = this.#deps;
    if (end === undefined) return;
    channelPeer(end, {
      executorId: this.slot,
      answer: (kind, request) => this.#answerPeer(kind, request),
      unreachable: (kind) => unreachable('the data server of the host', kind),
      onClose: () => undefined,
    });
  }

  #take(message: FromDriver | undefined, attachment: unknown): void {
    switch (message?.type) {
      case 'welcome':
        return this.#begin(message);
      case 'refused':
        return this.#served.reject(deserializeError(message.error));
      case 'peer':
        return this.#connect(message.executorId, attachment);
      case 'ping':
        return this.#post({ type: 'pong' });
      case 'end':
        void this.#close();
        break;
      default:
    }
  }

  /** A repeated welcome gets the same reply again, from the existing endpoint. */
  #begin({ executor }: Extract<FromDriver, { type: 'welcome' }>): void {
    const driver = { ask: (kind: string, request: unknown) => this.#driver?.ask(kind, request) };
    const peers = {
      ask: (id: ExecutorId, kind: string, request: unknown) => this.#askPeer(id, kind, request),
    };
    this.#endpoint ??= this.#program?.createExecutor({
      ...executor,
      // Kind and types match on both sides of the border; in between, messages are plain data.
      driver: driver as unknown as DriverEndpoint,
      peers: peers as unknown as ExecutorPeers,
    });
    this.#post({ type: 'ready' });
  }

  /**
   * An executor never returns under the same name: a second connection to the same executor is a repetition of the
   * first one.
   */
  #connect(executorId: ExecutorId, attachment: unknown): void {
    if (this.#peers.has(executorId)) return;
    const peer: Peer = this.#deps.connector.adopt(attachment, {
      executorId,
      answer: (kind, request) => this.#answerPeer(kind, request),
      unreachable: (kind) => unreachable(`executor ${executorId}`, kind),
      onClose: () => {
        if (this.#peers.get(executorId) === peer) this.#peers.delete(executorId);
      },
    });
    this.#peers.set(executorId, peer);
  }

  #askPeer(executorId: ExecutorId, kind: string, request: unknown): Promise<unknown> {
    const peer = this.#peers.get(executorId);
    return peer === undefined
      ? Promise.reject(unreachable(`executor ${executorId}`, kind))
      : peer.ask(kind, request);
  }

  async #answer(kind: string, request: unknown): Promise<unknown> {
    const endpoint = this.#endpoint;
    if (endpoint === undefined) throw unreachable('an executor that is not created yet', kind);
    // A subject or a cut connection does not close when its peer dies, so the driver's word closes the channel.
    if (kind === 'PeerGone') this.#peers.get((request as PeerGone).executorId)?.close();
    return endpoint.ask(kind as 'RunTask', request as never);
  }

  async #answerPeer(kind: string, request: unknown): Promise<unknown> {
    if (isPeerKind(kind)) return this.#answer(kind, request);
    throw coreError(
      'MR_EXECUTOR_MESSAGE_INVALID',
      `only the driver may send ${kind} to an executor, but another executor did`,
      { details: { kind } },
    );
  }

  /** After any failure here, the driver terminates the thread. */
  async #close(): Promise<void> {
    try {
      await this.#endpoint?.close();
      await this.#program?.close();
    } catch (error) {
      const log = new ChannelLogger((line) => this.#post(line));
      log.warn('an executor could not be closed in order', { slot: this.slot, error });
    }
    this.#post({ type: 'ended' });
  }

  #post(message: FromExecutor): void {
    this.#deps.end.post(message);
  }
}

function unreachable(whom: string, kind: string): Error {
  return coreError('MR_EXECUTOR_UNREACHABLE', `${whom} is gone or did not answer ${kind}`, {
    details: { kind },
  });
}
