// The ports between drivers and hosts. A carrier may lose, repeat and reorder messages; a request without an answer is
// rejected within its time.
import type { DriverBeat, HostBeat, HostReply, HostRequest } from './host-messages.ts';

/** The driver's side. */
export interface DriverWire {
  /** False while nothing can arrive: the silence of hosts then says nothing about hosts. */
  readonly isConnected: boolean;
  /** Tells all hosts of the application. */
  beat(beat: DriverBeat): void;
  /** Registers the consumer of the beats of all hosts. Called once. */
  onHost(take: (beat: HostBeat) => void): void;
  /** Asks a host. @throws any error when no answer came within `timeoutMs`. */
  request(host: string, request: HostRequest, timeoutMs: number): Promise<HostReply>;
  /** Ends the consumer. May be repeated. */
  close(): void;
}

/** The host's side. */
export interface HostWire {
  /** Tells the drivers of the application. */
  beat(beat: HostBeat): void;
  /** Registers the consumer of the beats of drivers. Called once. */
  onDriver(take: (beat: DriverBeat) => void): void;
  /** Registers the handler of requests to this host. Called once. Never rejects. */
  onRequest(answer: (request: HostRequest) => Promise<HostReply>): void;
  /** Ends consumer and handler. May be repeated. */
  close(): void;
}
