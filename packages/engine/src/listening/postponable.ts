// The events that may wait for a listener with `postpone`.
import type { StreamingEvents } from '@millrace/core';

const NAMES: ReadonlySet<keyof StreamingEvents> = new Set([
  'batch:submitted',
  'batch:started',
  'batch:completed',
  'output-operation:started',
  'output-operation:completed',
  'watermark:advanced',
  'state:changed',
] as const);

/** True for an event that may wait. The engine makes the content of such an event anew, and changes nothing of it. */
export function isPostponable(event: keyof StreamingEvents): boolean {
  return NAMES.has(event);
}
