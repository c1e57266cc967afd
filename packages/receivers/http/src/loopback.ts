// Addresses of this machine.

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;

/** Reports whether an address of a socket is a loopback address. */
export function isLoopback(address: string | undefined): boolean {
  return address !== undefined && LOOPBACK.test(address);
}
