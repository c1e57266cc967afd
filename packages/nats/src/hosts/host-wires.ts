// The ports between drivers and hosts over a link. Messages are encoded by the codec of the engine, and validated before any
// use.
import type { Codec, Logger } from '@millrace/core';
import {
  type DriverBeat,
  driverBeat,
  type DriverWire,
  type HostBeat,
  hostBeat,
  hostReply,
  type HostReply,
  hostRequest,
  type HostRequest,
  type HostWire,
} from '@millrace/remote';
import { serializeError } from '@millrace/core/engine';
import { clusterError } from '../cluster-errors.ts';
import type { ServerChanges } from '../link/server-changes.ts';
import type { NatsLink, LinkMessage, NatsSubscription } from '../link/nats-link.ts';
import { driverBeatSubject, hostBeatSubject, hostRequestSubject } from './host-subjects.ts';

/** Collaborators of both sides. */
export interface HostWireDeps {
  readonly link: Pick<NatsLink, 'publish' | 'subscribe' | 'request' | 'isConnected'>;
  readonly app: string;
  readonly codec: Codec;
  readonly log: Logger;
}

/** Collaborators of the host's side. */
export interface NatsHostWireDeps extends HostWireDeps {
  /** Hears of the driver's beats, which come every second. Closed with the wire. */
  readonly driver: Pick<ServerChanges, 'heard' | 'stop'>;
}

/** The driver's side. */
export class NatsDriverWire implements DriverWire {
  readonly #deps: HostWireDeps;
  #listening: NatsSubscription | undefined;

  constructor(deps: HostWireDeps) {
    this.#deps = deps;
  }

  get isConnected(): boolean {
    return this.#deps.link.isConnected;
  }

  beat(beat: DriverBeat): void {
    const { link, app, codec } = this.#deps;
    link.publish(driverBeatSubject(app), codec.encodeRecords([beat]));
  }

  onHost(take: (beat: HostBeat) => void): void {
    const { link, app } = this.#deps;
    this.#listening = link.subscribe(hostBeatSubject(app, '*'), (message) => {
      const beat = hostBeat(read(this.#deps, message));
      if (beat !== undefined) take(beat);
    });
  }

  async request(host: string, request: HostRequest, timeoutMs: number): Promise<HostReply> {
    const { link, app, codec } = this.#deps;
    const message = await link.request(hostRequestSubject(app, host), codec.encodeRecords([request]), {
      timeoutMs,
    });
    const reply = hostReply(read(this.#deps, message));
    if (reply !== undefined) return reply;
    throw clusterError('MR_CLUSTER_UNANSWERED', `the reply of host ${host} is unreadable`, {
      details: { host },
    });
  }

  close(): void {
    this.#listening?.unsubscribe();
  }
}

/** The side of the host of this name. */
export class NatsHostWire implements HostWire {
  readonly #deps: NatsHostWireDeps;
  readonly #host: string;
  readonly #listening: NatsSubscription[] = [];
  #isClosed = false;

  constructor(deps: NatsHostWireDeps, host: string) {
    this.#deps = deps;
    this.#host = host;
  }

  beat(beat: HostBeat): void {
    const { link, app, codec } = this.#deps;
    if (!this.#isClosed) link.publish(hostBeatSubject(app, this.#host), codec.encodeRecords([beat]));
  }

  onDriver(take: (beat: DriverBeat) => void): void {
    const { link, app, driver } = this.#deps;
    const listening = link.subscribe(driverBeatSubject(app), (message) => {
      driver.heard();
      const beat = driverBeat(read(this.#deps, message));
      if (beat !== undefined) take(beat);
    });
    this.#listening.push(listening);
  }

  onRequest(answer: (request: HostRequest) => Promise<HostReply>): void {
    const { link, app } = this.#deps;
    const listening = link.subscribe(
      hostRequestSubject(app, this.#host),
      (message) => void this.#answer(message, answer),
    );
    this.#listening.push(listening);
  }

  close(): void {
    this.#isClosed = true;
    this.#deps.driver.stop();
    for (const listening of this.#listening) listening.unsubscribe();
  }

  /** Never rejects: the link may be closed before the answer. */
  async #answer(message: LinkMessage, answer: (request: HostRequest) => Promise<HostReply>): Promise<void> {
    const { link, codec, log } = this.#deps;
    const { reply: inbox } = message;
    if (inbox === undefined) return;
    try {
      const request = hostRequest(read(this.#deps, message));
      const reply = request === undefined ? unreadable() : await answer(request);
      link.publish(inbox, codec.encodeRecords([reply]));
    } catch (error) {
      log.warn('a request of a driver was not answered', { error });
    }
  }
}

function unreadable(): HostReply {
  const message = 'the host cannot read the request; run driver and hosts on one version';
  return { isOk: false, error: serializeError(clusterError('MR_CLUSTER_BAD_REQUEST', message)) };
}

/** The content of a message; undefined for bytes that are not of the codec. */
function read({ codec, log }: HostWireDeps, { subject, data }: LinkMessage): unknown {
  try {
    return codec.decodeRecords(data)[0];
  } catch (error) {
    log.warn('a message between driver and hosts is unreadable', { subject, error });
    return undefined;
  }
}
