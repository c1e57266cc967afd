// The reading of a connection, to be shut. The library reads as long as bytes come, and the broker bounds messages but no bytes;
// so the gate lets the library find no bytes while shut. The buffers of the socket fill, and the broker waits.
//
//   socket ──► read() ──► frames ──► messages
//              null while shut
//
// The library counts silence of the broker and gives a silent connection up. While the gate is shut the library would count
// its own silence, so the gate answers for the broker. The names here are of no public interface: the version is pinned, and
// tests fail when the names change.
import type { Duplex } from 'node:stream';
import type { ChannelModel } from 'amqplib';

/** The connection inside the library, as far as the gate needs it. */
interface LibraryConnection {
  readonly stream: Duplex;
  /** True when bytes came since the last look of the heartbeat. */
  recvSinceLastCheck: boolean;
}

/** Shuts and opens the reading of a connection. */
export class ReadGate {
  readonly #stream: Duplex;
  #isShut = false;

  constructor(model: ChannelModel) {
    const connection = model.connection as unknown as LibraryConnection;
    const { stream } = connection;
    this.#stream = stream;
    const read = stream.read.bind(stream);
    stream.read = (size?: number): unknown => (this.#isShut ? null : read(size));
    let hasReceived = connection.recvSinceLastCheck;
    Object.defineProperty(connection, 'recvSinceLastCheck', {
      get: () => this.#isShut || hasReceived,
      set: (value: boolean) => {
        hasReceived = value;
      },
    });
  }

  /** Stops reading, or lets reading go on. Frames that are read already still come. */
  set(isShut: boolean): void {
    if (this.#isShut === isShut) return;
    this.#isShut = isShut;
    // The library looks for bytes at this event.
    if (!isShut) this.#stream.emit('readable');
  }

  /** Ends the connection without a word. */
  destroy(): void {
    // Without an error the library would notice the end at the next heartbeat only.
    this.#stream.destroy(new Error('the connection is given up'));
  }
}
