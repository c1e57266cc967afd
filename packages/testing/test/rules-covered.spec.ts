// Every rule of every page has a check, or the kit states a reason for the missing check.
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { ruleOf } from '../src/conformance/kit/conformance-check.ts';
import {
  BLOCK_LOG_KEEPER_KIT,
  BLOCK_STORE_KIT,
  CHECKPOINT_STORE_KIT,
  CLOCK_KIT,
  CODEC_KIT,
  DRIVER_LEASE_KIT,
  EXECUTOR_BACKEND_KIT,
  RATE_ESTIMATOR_KIT,
  RECEIVED_BLOCK_HANDLER_KIT,
  RECEIVER_KIT,
  SCHEDULING_POLICY_KIT,
  SINK_KIT,
  STORAGE_KIT,
  WRITE_AHEAD_LOG_KIT,
} from '../src/conformance/index.ts';

const KITS = [
  BLOCK_LOG_KEEPER_KIT,
  BLOCK_STORE_KIT,
  CHECKPOINT_STORE_KIT,
  CLOCK_KIT,
  CODEC_KIT,
  DRIVER_LEASE_KIT,
  EXECUTOR_BACKEND_KIT,
  RATE_ESTIMATOR_KIT,
  RECEIVED_BLOCK_HANDLER_KIT,
  RECEIVER_KIT,
  SCHEDULING_POLICY_KIT,
  SINK_KIT,
  STORAGE_KIT,
  WRITE_AHEAD_LOG_KIT,
] as const;

describe.each(KITS.map((kit) => [kit.port, kit] as const))('the kit of %s', (_, kit) => {
  it('has a check or a reason for each rule of its page, and no others', async () => {
    const page = await readFile(new URL(`../../../${kit.spec}`, import.meta.url), 'utf8');
    const rules = [...page.matchAll(/^- \*\*([A-Z]+-\d+)\*\*/gm)].map(([, rule]) => rule);
    const covered = [
      ...kit.checks.map(({ number }) => ruleOf(number)),
      ...kit.notCheckable.map(({ rule }) => rule),
    ];
    expect([...new Set(covered)].toSorted()).toEqual(rules.toSorted());
  });

  it('numbers each check once', () => {
    const numbers = kit.checks.map(({ number }) => number);
    expect(numbers).toEqual([...new Set(numbers)]);
  });
});
