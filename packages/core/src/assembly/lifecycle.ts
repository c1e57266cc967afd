// Opens resources in start order, and closes resources in reverse. Closing continues after any failure: a log that
// cannot be closed must not keep a thread alive.
import type { ManagedResource } from '../contracts/managed-resource.ts';
import { coreError } from '../errors/core-errors.ts';
import { messageOf } from '../errors/thrown-value.ts';

/** A possible resource, with its name for messages. */
export interface NamedInstance {
  readonly name: string;
  readonly instance: unknown;
}

interface NamedResource {
  readonly name: string;
  readonly resource: ManagedResource;
}

/** The life cycle of one engine's resources: opened once, closed once. */
export class Lifecycle {
  readonly #resources: readonly NamedResource[];
  /** The opened and not yet closed resources, in start order. */
  #opened: NamedResource[] = [];
  #opening: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  /** @param instances In start order; a repeated instance counts at its first place. */
  constructor(instances: readonly NamedInstance[]) {
    const seen = new Set<unknown>();
    this.#resources = instances.flatMap(({ name, instance }) => {
      if (seen.has(instance) || !isManaged(instance)) return [];
      seen.add(instance);
      return [{ name, resource: instance }];
    });
  }

  /** Opens everything, one after the other; see `AssembledPorts.open`. */
  open(): Promise<void> {
    if (this.#closing !== undefined) {
      return Promise.reject(
        coreError('MR_BOOT_CLOSED', 'an engine opens once, and this one has been closed: assemble another'),
      );
    }
    this.#opening ??= this.#openAll();
    return this.#opening;
  }

  /** Closes the opened resources; see `AssembledPorts.close`. */
  close(): Promise<void> {
    this.#closing ??= this.#closeAfterOpening();
    return this.#closing;
  }

  async #openAll(): Promise<void> {
    for (const named of this.#resources) {
      // Recorded before the attempt: a resource that fails half-way is closed as well, which every resource has to
      // support.
      this.#opened.push(named);
      try {
        if (hasOwnOpen(named.resource)) await named.resource.open();
      } catch (error) {
        const errors = await this.#closeOpened();
        const message = messageOf(error);
        throw coreError('MR_BOOT_OPEN_FAILED', `${named.name} could not be opened: ${message}`, {
          details: { resource: named.name, closeErrors: errors.map(String) },
          cause: errors.length === 0 ? error : new AggregateError([error, ...errors], message),
        });
      }
    }
  }

  async #closeAfterOpening(): Promise<void> {
    // The caller of `open` receives the failure to open; everything is already closed.
    await this.#opening?.catch(() => undefined);
    const errors = await this.#closeOpened();
    if (errors.length === 0) return;
    throw new AggregateError(errors, `closing failed for ${errors.map(({ message }) => message).join('; ')}`);
  }

  /** Closes in reverse, and collects every error. */
  async #closeOpened(): Promise<readonly Error[]> {
    const errors: Error[] = [];
    for (const { name, resource } of this.#opened.reverse()) {
      try {
        await resource.close?.();
      } catch (error) {
        const message = messageOf(error);
        errors.push(new Error(`${name}: ${message}`, { cause: error }));
      }
    }
    this.#opened = [];
    return errors;
  }
}

function isManaged(instance: unknown): instance is ManagedResource {
  if ((typeof instance !== 'object' && typeof instance !== 'function') || instance === null) return false;
  return hasOwnOpen(instance) || typeof (instance as ManagedResource).close === 'function';
}

/** An `open` with parameters is the port's own (`Storage.open(path, mode)`), not the start of a life cycle. */
function hasOwnOpen(instance: object): instance is Required<Pick<ManagedResource, 'open'>> & ManagedResource {
  return 'open' in instance && typeof instance.open === 'function' && instance.open.length === 0;
}
