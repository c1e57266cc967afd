// What is reached from this machine only.

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;

/** Whether an address, as a socket gives it, is one of this machine alone. */
export function isLoopback(address: string | undefined): boolean {
  return address !== undefined && LOOPBACK.test(address);
}
