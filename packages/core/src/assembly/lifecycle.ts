// Opens what has to be opened, in start order, and closes it in reverse. Closing goes on whatever happens: a log that
// cannot be closed must not keep a thread alive.
import type { ManagedResource } from '../contracts/lifecycle.ts';
import { coreError } from '../errors/core-errors.ts';
import { messageOf } from '../errors/thrown-value.ts';

/** Something that may have a life, with the name under which messages speak of it. */
export interface NamedInstance {
  readonly name: string;
  readonly instance: unknown;
}

interface NamedResource {
  readonly name: string;
  readonly resource: ManagedResource;
}

/** The life of one engine's resources: opened once, closed once. */
export class Lifecycle {
  readonly #resources: readonly NamedResource[];
  /** What has been opened and not yet closed, in start order. */
  #opened: NamedResource[] = [];
  #opening: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  /** Takes instances in start order; one that appears twice counts where it appears first. */
  constructor(instances: readonly NamedInstance[]) {
    const seen = new Set<unknown>();
    this.#resources = instances.flatMap(({ name, instance }) => {
      if (seen.has(instance) || !isManaged(instance)) return [];
      seen.add(instance);
      return [{ name, resource: instance }];
    });
  }

  /** Opens everything, one after the other; see `AssembledEngine.open`. */
  open(): Promise<void> {
    if (this.#closing !== undefined) {
      return Promise.reject(
        coreError('MR_BOOT_CLOSED', 'an engine opens once, and this one has been closed: assemble another'),
      );
    }
    this.#opening ??= this.#openAll();
    return this.#opening;
  }

  /** Closes what was opened; see `AssembledEngine.close`. */
  close(): Promise<void> {
    this.#closing ??= this.#closeAfterOpening();
    return this.#closing;
  }

  async #openAll(): Promise<void> {
    for (const named of this.#resources) {
      // Counted before it is tried: one that fails half-way is closed as well, which every resource has to bear.
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
    // A failure to open is told to whoever opened; it has closed everything already.
    await this.#opening?.catch(() => undefined);
    const errors = await this.#closeOpened();
    if (errors.length === 0) return;
    throw new AggregateError(errors, `closing failed for ${errors.map(({ message }) => message).join('; ')}`);
  }

  /** Closes in reverse, keeping every error. */
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

/** An `open` with parameters is the port's own (`Storage.open(path, mode)`), not the beginning of a life. */
function hasOwnOpen(instance: object): instance is Required<Pick<ManagedResource, 'open'>> & ManagedResource {
  return 'open' in instance && typeof instance.open === 'function' && instance.open.length === 0;
}
