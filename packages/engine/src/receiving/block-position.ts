// The source position at the end of a block. A replayable receiver gives a position with every record; the position of
// a block's last record travels with the block as its metadata, through the driver's log and back to the receiver that
// continues there.

/** The position in a block's registered metadata; undefined without one. */
export function positionIn(metadata: unknown): unknown {
  if (typeof metadata !== 'object' || metadata === null || !('position' in metadata)) return undefined;
  return metadata.position;
}
