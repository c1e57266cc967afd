// Handles that outlive a stopped context: an open server, a timer, a connection of the program keep the process alive,
// and nothing else says so. One line, some time after the stop, and only while the process is still alive.
import type { Logger } from '@millrace/core';

/** From the end of the stop to the line: a program closes its own resources after the stop. */
export const LINGERING_AFTER_MS = 1_000;

/** Kinds of Node's active resources in words; other kinds are named as Node names them. */
const WORDS: Readonly<Record<string, string>> = {
  TCPServerWrap: 'a TCP server',
  TCPSocketWrap: 'a TCP connection',
  TLSWrap: 'a TLS connection',
  UDPWrap: 'a UDP socket',
  PipeWrap: 'a pipe',
  TTYWrap: 'the terminal',
  Timeout: 'a timer',
  Immediate: 'an immediate',
  ProcessWrap: 'a child process',
  FSEventWrap: 'a watched file',
  FSReqCallback: 'a file operation',
  MessagePort: 'a message port',
};

/** Work that ends by itself and holds nothing. */
const PASSING: ReadonlySet<string> = new Set(['Immediate', 'TickObject', 'CloseReq']);

/** The collaborators of the line. */
export interface LingeringHandlesDeps {
  readonly log: Logger;
  /** Calls back after the time, if the process is still alive by then: the wait itself does not keep it alive. */
  readonly afterWhileAlive: (delayMs: number, callback: () => void) => void;
  /** The active resources of the process, one name for each; by default those of Node. */
  readonly activeResources?: () => readonly string[];
}

/** Writes one line about the handles that keep the process alive; none when nothing does. */
export function reportLingeringHandles(deps: LingeringHandlesDeps): void {
  const { log, afterWhileAlive, activeResources = () => process.getActiveResourcesInfo() } = deps;
  afterWhileAlive(LINGERING_AFTER_MS, () => {
    const handles = handlesInWords(activeResources());
    if (handles.length === 0) return;
    log.info('the context has stopped, and handles outside of the engine keep the process alive', {
      handles,
    });
  });
}

/** Each kind once, with its number. */
function handlesInWords(resources: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const kind of resources) if (!PASSING.has(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return Array.from(counts, ([kind, count]) => {
    const words = WORDS[kind] ?? kind;
    return count === 1 ? words : `${words} (${count} times)`;
  });
}
