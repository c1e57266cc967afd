// The options of every receiver of this package: the peer, and the end of a connection.
import { z } from 'zod';

const MAX_TIMEOUT_MS = 3_600_000;

/** The largest bound for the memory of one record, in bytes. */
export const MAX_RECORD_BYTES = 64 * 1_024 * 1_024;

const tls = z
  .strictObject({
    /**
     * Certificates to trust, PEM; a path on the host of the executor. Default: the certificates that Node trusts. For
     * a peer with a public certificate `tls: {}` is enough.
     */
    caFile: z.string().min(1).optional(),
    /** The certificate chain for a peer that requests one, PEM. Together with `keyFile`. */
    certFile: z.string().min(1).optional(),
    /** The private key of the chain, PEM. Together with `certFile`. */
    keyFile: z.string().min(1).optional(),
    /** The passphrase of the key. Secret. */
    passphrase: z.string().min(1).optional(),
    /** The required name in the certificate of the peer. Default: `host`. */
    serverName: z.string().min(1).optional(),
  })
  .refine(({ certFile, keyFile }) => (certFile === undefined) === (keyFile === undefined), {
    path: ['keyFile'],
    message: 'expected certFile and keyFile together, or neither',
  });

/** Options whose values are never printed. */
export const CONNECTION_SECRETS = ['passphrase'] as const;

/** Describes the options of a connection. */
export const socketConnectionOptions = z.strictObject({
  /** Name or address of the host to connect to. */
  host: z.string().min(1),
  /** TCP port of the host. */
  port: z.int().min(1).max(65_535),
  /**
   * TLS; `{}` trusts the certificates that Node trusts. The peer has to show a trusted certificate for `host`, or for
   * `serverName`. Default: plain TCP.
   */
  tls: tls.optional(),
  /**
   * The reaction to the end of the stream. `restart`: connects again after the restart delay. `stop`: ends the input.
   */
  onEnd: z.enum(['restart', 'stop']).default('restart'),
  /** The longest time to connect, the handshake of TLS included, in milliseconds. */
  connectTimeoutMs: z.int().min(1).max(MAX_TIMEOUT_MS).default(10_000),
  /**
   * The number of silent milliseconds after which the peer counts as gone; noticed within twice that time. 0: never.
   */
  idleTimeoutMs: z.int().min(0).max(MAX_TIMEOUT_MS).default(0),
});

/** The options of a connection with every default filled in. */
export type SocketConnectionOptions = z.output<typeof socketConnectionOptions>;
