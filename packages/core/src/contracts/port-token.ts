// Ports and tokens. A port is an interface and a token of the same name, side by side in this folder: a class
// implements the interface, and the container finds the implementation by the token. Tokens are registered symbols, so
// that two installed copies of this package still mean the same port.
import type { ServiceIdentifier } from 'inversify';

/** A container identifier with the type of its port. */
export type PortToken<T> = ServiceIdentifier<T>;

/**
 * Makes the token of a port.
 *
 * A plugin calls this function for its own ports; the ports of the engine are exported beside their interfaces.
 *
 * @param name The port's name, for instance `'Clock'`; `describe()` and assembly errors print the name.
 */
export function portToken<T>(name: string): PortToken<T> {
  return Symbol.for(`millrace:${name}`);
}

/** The name of a token, without the prefix; for messages and `describe()`. */
export function portName(token: PortToken<unknown>): string {
  if (typeof token === 'function') return token.name;
  return (typeof token === 'symbol' ? (token.description ?? '') : token).replace(/^millrace:/, '');
}
