import { expect } from "@jest/globals";
import { TargetError } from "../../src/domain/errors.js";

/** The error a call ends with; fails the test when it succeeds or ends with anything but a {@link TargetError}. */
export async function failureOf(call: Promise<unknown>): Promise<TargetError> {
  const error: unknown = await call.then(
    () => null,
    (raised: unknown) => raised,
  );
  expect(error).toBeInstanceOf(TargetError);
  return error as TargetError;
}
