// What a receiver may hold open in this process.

/** Process resources that a receiver may hold. */
const HANDLES = new Set([
  'TCPSocketWrap',
  'TCPServerWrap',
  'PipeWrap',
  'UDPWrap',
  'ProcessWrap',
  'FSEventWrap',
]);

/** The number of resources that a receiver may hold open. */
export function openHandles(): number {
  return process.getActiveResourcesInfo().filter((kind) => HANDLES.has(kind)).length;
}
