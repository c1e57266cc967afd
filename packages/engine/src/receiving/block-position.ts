// Where in its source a block ends. A replayable receiver gives a position with every record; that of a block's last
// record travels with the block as its metadata, through the driver's log and back to the receiver that goes on there.

/** The position in what is registered about a block; undefined when there is none. */
export function positionIn(metadata: unknown): unknown {
  if (typeof metadata !== 'object' || metadata === null || !('position' in metadata)) return undefined;
  return metadata.position;
}
