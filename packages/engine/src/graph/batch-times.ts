// The arithmetic of batch times. A stream has the times `zeroTime + k × slideMs` for k = 1, 2, 3, …; all functions are
// pure and take whole milliseconds.
import type { BatchTime } from '@millrace/core';

/** True for a time of the stream: after the zero time, by a multiple of the slide. */
export function isTimeOfSlide(time: BatchTime, zeroTime: BatchTime, slideMs: number): boolean {
  return time > zeroTime && (time - zeroTime) % slideMs === 0;
}

/** The earliest time of the stream that is not before `time`. */
export function firstTimeFrom(time: BatchTime, zeroTime: BatchTime, slideMs: number): BatchTime {
  return zeroTime + Math.max(1, Math.ceil((time - zeroTime) / slideMs)) * slideMs;
}

/** The latest time of the stream that is not after `time`; otherwise the zero time. */
export function lastTimeUpTo(time: BatchTime, zeroTime: BatchTime, slideMs: number): BatchTime {
  return zeroTime + Math.max(0, Math.floor((time - zeroTime) / slideMs)) * slideMs;
}

/** `first`, and every `slideMs` after it, up to and including `last`. */
export function timesBetween(first: BatchTime, last: BatchTime, slideMs: number): BatchTime[] {
  const count = Math.max(0, Math.floor((last - first) / slideMs) + 1);
  return Array.from({ length: count }, (_, index) => first + index * slideMs);
}
