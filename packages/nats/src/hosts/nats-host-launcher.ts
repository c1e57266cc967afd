// The launcher of `natsHosts`: opens the connection when the engine starts, reads the digest of the program, and leaves
// everything else to the `HostLauncher`.
import { randomBytes } from 'node:crypto';
import { MsgpackCodec, type Clock, type Logger, type RandomSource, type Storage } from '@millrace/core';
import {
  type Connector,
  type ExecutorLauncher,
  HostLauncher,
  type LaunchedExecutor,
  type LauncherOpening,
  type LaunchRequest,
  programDigest,
  scriptPath,
} from '@millrace/remote';
import type { ServedMasters } from '@millrace/core/engine';
import { clusterError } from '../cluster-errors.ts';
import type { NatsLinkOptions } from '../link/link-options.ts';
import type { NatsLink, NatsLinks } from '../link/nats-link.ts';
import { SubjectSessions } from '../session/subject-sessions.ts';
import { checkedApp } from './host-subjects.ts';
import { ownVersions } from './own-versions.ts';
import { servedServers } from './served-servers.ts';
import { NatsDriverWire } from './host-wires.ts';

/** Collaborators of a `NatsHostLauncher`. */
export interface NatsHostLauncherDeps {
  readonly links: NatsLinks;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly storage: Storage;
  readonly log: Logger;
  readonly options: NatsHostLauncherOptions;
}

/** Options of the launcher. */
export interface NatsHostLauncherOptions extends Pick<NatsLinkOptions, 'servers'> {
  /** The script of the program: a path or a file URL. */
  readonly program?: string | undefined;
  /** The longest wait for hosts at the start, in milliseconds. */
  readonly rollCallMs: number;
  /** A host without a beat for this long is lost, in milliseconds. */
  readonly hostSilentMs: number;
  /** See `HostLauncherDeps.clockOffsetMaxMs`. */
  readonly clockOffsetMaxMs: number;
}

const DATA_SECRET_BYTES = 32;

interface Opened {
  readonly link: NatsLink;
  readonly sessions: SubjectSessions;
  readonly launcher: HostLauncher;
}

/** Launches executors on the hosts of an application. */
export class NatsHostLauncher implements ExecutorLauncher {
  readonly spansHosts = true;
  readonly serves: ServedMasters;
  readonly #deps: NatsHostLauncherDeps;
  #opened: Opened | undefined;
  #changed: (() => void) | undefined;
  #isClosed = false;

  constructor(deps: NatsHostLauncherDeps) {
    this.#deps = deps;
    this.serves = servedServers(deps.options);
  }

  get places(): number {
    return this.#opened?.launcher.places ?? 0;
  }

  readonly pair: Connector['pair'] = (one, two) => this.#launcher().pair(one, two);

  readonly adopt: Connector['adopt'] = (attachment, service) => this.#launcher().adopt(attachment, service);

  onPlaces(changed: () => void): void {
    this.#changed = changed;
  }

  /** @throws `MR_CLUSTER_APP_NAME`, `MR_CLUSTER_NO_PROGRAM`, `MR_REMOTE_NO_PROGRAM`, and the errors of `NatsLinks.open`. */
  async open(opening: LauncherOpening): Promise<void> {
    const { links, storage, clock, random, log, options } = this.#deps;
    const app = checkedApp(opening.application);
    const { program = process.argv[1], rollCallMs, hostSilentMs, clockOffsetMaxMs } = options;
    if (program === undefined) {
      const message =
        'the process was started without a script; give natsHosts({ program: import.meta.url })';
      throw clusterError('MR_CLUSTER_NO_PROGRAM', message);
    }
    const digest = await programDigest(storage, scriptPath(program));
    const link = await links.open('control');
    const codec = new MsgpackCodec();
    const sessions = new SubjectSessions({ link, app, clock, random, codec, log });
    const launcher = new HostLauncher({
      wire: new NatsDriverWire({ link, app, codec, log }),
      connector: sessions,
      newSession: () => sessions.newName(),
      openSession: (session) => sessions.open({ session, side: 'a' }),
      clock,
      random,
      log,
      program: { digest, versions: ownVersions() },
      argv: process.argv.slice(2),
      // Not of the random source, which may be predictable.
      dataSecret: randomBytes(DATA_SECRET_BYTES),
      rollCallMs,
      hostSilentMs,
      clockOffsetMaxMs,
    });
    launcher.onPlaces(() => this.#changed?.());
    this.#opened = { link, sessions, launcher };
    if (this.#isClosed) return this.#close();
    await launcher.open(opening);
  }

  launch(request: LaunchRequest): LaunchedExecutor {
    return this.#launcher().launch(request);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#close();
  }

  async #close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    await opened?.launcher.close();
    opened?.sessions.close();
    await opened?.link.close();
  }

  #launcher(): HostLauncher {
    if (this.#opened !== undefined) return this.#opened.launcher;
    throw clusterError(
      'MR_CLUSTER_LINK_CLOSED',
      'the hosts are used before the start or after the stop of the engine',
    );
  }
}
