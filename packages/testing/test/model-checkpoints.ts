// A checkpoint store on a disk that is a map, correct or with one defect. The kit must detect each defect.
import type { BatchTime, CheckpointStore } from '@millrace/core';
import { coreError } from '@millrace/core';
import type { CheckpointStoreTarget } from '../src/conformance/checkpoint-store/checkpoint-store-target.ts';

/** A defect of a store. */
export type CheckpointBug =
  | 'writes in place'
  | 'never syncs'
  | 'returns the checkpoint written last'
  | 'reads damaged checkpoints'
  | 'does not call accept'
  | 'is silent'
  | 'begins with an empty one'
  | 'begins from nothing'
  | 'keeps no copy'
  | 'lists by name'
  | 'prunes the newest'
  | 'takes bytes for text'
  | 'removes before writing'
  | 'writes parts in place'
  | 'never syncs parts'
  | 'keeps no copy of parts'
  | 'has bytes for every part'
  | 'reads damaged parts'
  | 'lists parts by name'
  | 'fails when the part is absent'
  | 'prunes parts'
  | 'does not wait for accept'
  | 'takes over with writes alone'
  | 'refuses checkpoints alone'
  | 'changes and refuses';

/** A checkpoint or a part on the disk. */
interface Entry {
  bytes: Uint8Array;
  isDamaged: boolean;
}

/** A target with this defect in its stores; correct without a defect. Each store is the one of a driver. */
export function modelCheckpoints(bug?: CheckpointBug): CheckpointStoreTarget {
  const disk = new Map<BatchTime, Entry>();
  const parts = new Map<number, Entry>();
  let warnings = 0;
  let isFailing = false;
  let halt: { left: number; readonly done: PromiseWithResolvers<void> } | undefined;
  const step = async (): Promise<void> => {
    if (halt === undefined) return;
    halt.left -= 1;
    if (halt.left > 0) return;
    halt.done.resolve();
    await new Promise(() => undefined);
  };
  if (bug === 'begins with an empty one') disk.set(0, { bytes: new Uint8Array(0), isDamaged: false });
  const times = () => {
    const all = [...disk.keys()];
    if (bug === 'returns the checkpoint written last') return all;
    return bug === 'lists by name' ? all.map(String).toSorted().map(Number) : all.toSorted((a, b) => a - b);
  };
  // The number of the newest driver that has called its store.
  let driver = 0;
  const fenced = (store: CheckpointStore): CheckpointStore => {
    let own: number | undefined;
    const takeOver = (): void => {
      own ??= driver += 1;
    };
    const change = async <Result>(run: () => Promise<Result>, isCheckpoint: boolean): Promise<Result> => {
      takeOver();
      const isRefused = own !== driver && (isCheckpoint || bug !== 'refuses checkpoints alone');
      if (!isRefused) return run();
      if (bug === 'changes and refuses') await run();
      throw coreError('MR_CHECKPOINT_FENCED', 'another driver has taken over');
    };
    const read = <Result>(run: () => Promise<Result>): Promise<Result> => {
      if (bug !== 'takes over with writes alone') takeOver();
      return run();
    };
    return {
      write: (time, bytes) => change(() => store.write(time, bytes), true),
      prune: (keep) => change(() => store.prune(keep), true),
      writePart: (part, bytes) => change(() => store.writePart(part, bytes), false),
      removePart: (part) => change(() => store.removePart(part), false),
      newest: (accept) => read(() => store.newest(accept)),
      list: () => read(() => store.list()),
      readPart: (part) => read(() => store.readPart(part)),
      listParts: () => read(() => store.listParts()),
    };
  };
  return {
    createStore: () =>
      fenced({
        write: async (batchTime, bytes) => {
          await step();
          if (bug === 'removes before writing') disk.delete(batchTime);
          if (bug === 'writes in place') disk.set(batchTime, { bytes: bytes.slice(1), isDamaged: false });
          await step();
          if (isFailing) throw coreError('MR_STORAGE_FAILED', 'failed');
          const text =
            bug === 'takes bytes for text' ? Buffer.from(Buffer.from(bytes).toString()) : bytes.slice();
          disk.set(batchTime, { bytes: bug === 'keeps no copy' ? bytes : text, isDamaged: false });
        },
        newest: async (accept = () => true) => {
          for (const batchTime of times().toReversed()) {
            const entry = disk.get(batchTime);
            if (entry === undefined) continue;
            const isReadable = !entry.isDamaged || bug === 'reads damaged checkpoints';
            const checkpoint = { batchTime, bytes: entry.isDamaged ? new Uint8Array(1) : entry.bytes };
            const answer = accept(checkpoint);
            const isAccepted = bug === 'does not wait for accept' ? answer : await answer;
            if (isReadable && (isAccepted !== false || bug === 'does not call accept')) return checkpoint;
            if (bug !== 'is silent') warnings += 1;
          }
          if (disk.size === 0 || bug === 'begins from nothing') return undefined;
          throw coreError('MR_CHECKPOINT_UNREADABLE', 'none can be read');
        },
        list: async () => times(),
        prune: async (keep) => {
          const old = bug === 'prunes the newest' ? times().slice(keep) : times().slice(0, -keep);
          for (const time of old) disk.delete(time);
          if (bug === 'prunes parts') parts.clear();
        },
        writePart: async (part, bytes) => {
          await step();
          if (bug === 'writes parts in place') parts.set(part, { bytes: bytes.slice(1), isDamaged: false });
          await step();
          const kept = bug === 'keeps no copy of parts' ? bytes : bytes.slice();
          parts.set(part, { bytes: kept, isDamaged: false });
        },
        readPart: async (part) => {
          const entry = parts.get(part);
          if (entry === undefined && bug === 'has bytes for every part') return new Uint8Array(0);
          if (entry !== undefined && (!entry.isDamaged || bug === 'reads damaged parts')) return entry.bytes;
          throw coreError('MR_CHECKPOINT_PART_UNREADABLE', 'cannot be read');
        },
        listParts: async () => {
          const all = [...parts.keys()];
          if (bug === 'lists parts by name') return all.map(String).toSorted().map(Number);
          return all.toSorted((a, b) => a - b);
        },
        removePart: async (part) => {
          const isRemoved = parts.delete(part);
          if (!isRemoved && bug === 'fails when the part is absent') throw new Error('no such part');
        },
      }),
    crashProcess: () => {
      halt = undefined;
    },
    crashMachine: () => {
      if (bug === 'never syncs') disk.clear();
      if (bug === 'never syncs parts') parts.clear();
    },
    haltAfter: (operations) => {
      halt = { left: operations, done: Promise.withResolvers<void>() };
      return halt.done.promise;
    },
    damage: (batchTime) => {
      const entry = disk.get(batchTime);
      if (entry !== undefined) entry.isDamaged = true;
    },
    damagePart: (part) => {
      const entry = parts.get(part);
      if (entry !== undefined) entry.isDamaged = true;
    },
    setFailing: (failing) => {
      isFailing = failing;
    },
    warnings: () => warnings,
  };
}
