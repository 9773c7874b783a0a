/**
 * Closes a `switch` over a union: a new member that nobody handles is a compile error.
 *
 * @returns never; throws when a value outside the union arrives at run time, which is a bug of ours.
 */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
