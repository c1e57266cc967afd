// The kit of the `Storage` port.
import type { ConformanceKit } from '../kit/conformance-kit.ts';
import { defineConformance, type TestFunctions } from '../kit/define-conformance.ts';
import { withTarget } from '../kit/with-target.ts';
import { STORAGE_FILE_CHECKS, type StorageTrial } from './storage-checks.ts';
import { STORAGE_DIRECTORY_CHECKS } from './storage-directory-checks.ts';
import { STORAGE_NEIGHBOUR_CHECKS } from './storage-neighbour-checks.ts';
import type { StorageSubject } from './storage-target.ts';

/** The checks of `docs/spec/storage.md`. */
export const STORAGE_KIT: ConformanceKit<StorageSubject, StorageTrial> = {
  port: 'Storage',
  version: 5,
  spec: 'docs/spec/storage.md',
  checks: [...STORAGE_FILE_CHECKS, ...STORAGE_DIRECTORY_CHECKS, ...STORAGE_NEIGHBOUR_CHECKS],
  notCheckable: [
    { rule: 'STORAGE-6', why: 'the caches of the operating system are not visible from outside' },
    { rule: 'STORAGE-7', why: 'permits something' },
    { rule: 'STORAGE-24', why: 'binds the caller' },
    { rule: 'STORAGE-25', why: 'binds the caller' },
    { rule: 'STORAGE-26', why: 'binds the caller' },
  ],
  withTrial: withTarget,
};

/** Defines the conformance tests of a storage. */
export function storageConformance(test: TestFunctions, subject: StorageSubject): void {
  defineConformance(test, STORAGE_KIT, subject);
}
