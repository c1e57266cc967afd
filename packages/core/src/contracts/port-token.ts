// Ports and their tokens. A port is an interface and a token of the same name, side by side in this folder: the
// interface is what a class implements, the token is how the container finds the implementation. Tokens are
// registered symbols, so that two installed copies of this package still mean the same port.
import type { ServiceIdentifier } from 'inversify';

/** A container identifier that carries the type of the port it stands for. */
export type PortToken<T> = ServiceIdentifier<T>;

/**
 * Makes the token of a port.
 *
 * A plugin calls it for ports of its own; the ports of the engine are exported beside their interfaces.
 *
 * @param name The port's name, for instance `'Clock'`; it is printed by `describe()` and in assembly errors.
 */
export function portToken<T>(name: string): PortToken<T> {
  return Symbol.for(`millrace:${name}`);
}

/** The name a token was made with, without the prefix; for messages and `describe()`. */
export function portName(token: PortToken<unknown>): string {
  if (typeof token === 'function') return token.name;
  return (typeof token === 'symbol' ? (token.description ?? '') : token).replace(/^millrace:/, '');
}
