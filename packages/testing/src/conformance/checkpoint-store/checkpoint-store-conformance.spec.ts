import { describe, expect, it } from 'vitest';
import { numbersOf, outcomeOf, problemsOf } from '../../../test/assert-kit.ts';
import { type CheckpointBug, modelCheckpoints } from '../../../test/model-checkpoints.ts';
import { CHECKPOINT_STORE_KIT } from './checkpoint-store-conformance.ts';
import type { CheckpointStoreSubject } from './checkpoint-store-target.ts';

const BUGS: Readonly<Record<string, CheckpointBug>> = {
  'CHECKPOINT-1.1': 'writes in place',
  'CHECKPOINT-2.1': 'never syncs',
  'CHECKPOINT-3.1': 'returns the checkpoint written last',
  'CHECKPOINT-3.2': 'reads damaged checkpoints',
  'CHECKPOINT-3.3': 'does not call accept',
  'CHECKPOINT-4.1': 'is silent',
  'CHECKPOINT-5.1': 'begins with an empty one',
  'CHECKPOINT-5.2': 'begins from nothing',
  'CHECKPOINT-6.1': 'keeps no copy',
  'CHECKPOINT-7.1': 'lists by name',
  'CHECKPOINT-8.1': 'prunes the newest',
  'CHECKPOINT-9.1': 'takes bytes for text',
  'CHECKPOINT-11.1': 'removes before writing',
  'CHECKPOINT-12.1': 'writes parts in place',
  'CHECKPOINT-12.2': 'never syncs parts',
  'CHECKPOINT-13.1': 'keeps no copy of parts',
  'CHECKPOINT-13.2': 'has bytes for every part',
  'CHECKPOINT-13.3': 'reads damaged parts',
  'CHECKPOINT-14.1': 'lists parts by name',
  'CHECKPOINT-15.1': 'fails when the part is absent',
  'CHECKPOINT-15.2': 'prunes parts',
  'CHECKPOINT-16.1': 'does not wait for accept',
  'CHECKPOINT-20.1': 'changes and refuses',
  'CHECKPOINT-20.2': 'takes over with writes alone',
};

const subjectWith = (bug?: CheckpointBug, takesOver = true): CheckpointStoreSubject => ({
  capabilities: { durability: 'machine', takesOver },
  create: () => modelCheckpoints(bug),
});

describe('the kit of checkpoint stores', () => {
  it('passes a correct store', async () => {
    expect(await problemsOf(CHECKPOINT_STORE_KIT, subjectWith())).toEqual([]);
  });

  it('asks a store of one machine for no takeover', async () => {
    expect(await problemsOf(CHECKPOINT_STORE_KIT, subjectWith(undefined, false))).toEqual([
      'not-applicable CHECKPOINT-20.1: drivers of other machines do not reach the store',
      'not-applicable CHECKPOINT-20.2: drivers of other machines do not reach the store',
    ]);
  });

  it('fails a store that refuses the changes of checkpoints alone', async () => {
    const subject = subjectWith('refuses checkpoints alone');
    expect(await outcomeOf(CHECKPOINT_STORE_KIT, 'CHECKPOINT-20.1', subject)).toBe('failed CHECKPOINT-20.1');
  });

  it('has a broken store for every check', () => {
    expect(Object.keys(BUGS).toSorted()).toEqual(numbersOf(CHECKPOINT_STORE_KIT));
  });

  it.each(Object.entries(BUGS))('%s fails a store that %s', async (number, bug) => {
    expect(await outcomeOf(CHECKPOINT_STORE_KIT, number, subjectWith(bug))).toBe(`failed ${number}`);
  });
});
