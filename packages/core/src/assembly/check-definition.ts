// Checks that plugin and receiver definitions have in common. What they find is the author's mistake, seen the first
// time the package is imported: a TypeError, without a code.
import type { OptionsSchema } from '../contracts/options-schema.ts';

/** Throws a TypeError `<owner>: <expectation>, got <value>` when it does not hold. */
export function expectThat(holds: boolean, owner: string, expectation: string, got: unknown): void {
  if (holds) return;
  throw new TypeError(`${owner}: ${expectation}, got ${typeof got === 'string' ? `"${got}"` : String(got)}`);
}

/** A contract version is a whole number from 1; whether it is supported is another question. */
export function expectContract(owner: string, contract: unknown): void {
  expectThat(
    Number.isInteger(contract) && (contract as number) >= 1,
    owner,
    'contract has to be a whole number from 1, the contract version it was written for',
    contract,
  );
}

/** A schema speaks version 1 of Standard Schema. */
export function expectSchema(owner: string, field: string, schema: OptionsSchema): void {
  const standard: Partial<OptionsSchema['~standard']> | undefined = schema?.['~standard'];
  expectThat(
    standard?.version === 1 && typeof standard.validate === 'function',
    owner,
    `${field} has to be a Standard Schema of version 1 (zod, valibot, arktype, …)`,
    typeof schema,
  );
}

/** A function is one. */
export function expectFunction(owner: string, field: string, value: unknown): void {
  expectThat(typeof value === 'function', owner, `${field} has to be a function`, typeof value);
}
