// The description of one message by the program.
/** A message for a stream. */
export interface NatsSinkMessage {
  /** In the form of the option `value`. */
  readonly value: unknown;
  /** A subject of the stream, without wildcards. Default: the option `subject`. */
  readonly subject?: string | undefined;
  /** Names and texts; a name may not begin with `Nats-`, which belongs to the server. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}
