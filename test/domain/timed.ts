import fc from "fast-check";
import type { Stamp } from "../../src/domain/stamp.js";
import { makeStamp } from "../../src/domain/stamp.js";

/** A change with what its stamp is made of, so that a model can order changes without knowing how stamps are spelt. */
export interface Timed<Change> {
  readonly at: number;
  readonly sequence: number;
  readonly id: string;
  readonly change: Change;
}

/** What a test writes before the stamp is known. */
export type Stamping<Change> = (stamp: Stamp) => Change;

/** Stamps a change of time `at`. */
export function timed<Change>(at: number, id: string, change: Stamping<Change>, sequence = 0): Timed<Change> {
  const { stamp } = makeStamp({ occurredAt: at, receivedAt: at, sequence, eventId: id });
  return { at, sequence, id, change: change(stamp) };
}

/** In the order the design gives: time, then sequence, then event id. */
export function inStampOrder<Change>(changes: readonly Timed<Change>[]): readonly Timed<Change>[] {
  return [...changes].sort(
    (left, right) =>
      left.at - right.at ||
      left.sequence - right.sequence ||
      Buffer.compare(Buffer.from(left.id), Buffer.from(right.id)),
  );
}

/** Changes at few different times, so that ties and reversals are common. */
export function timedChanges<Change>(
  shape: fc.Arbitrary<Stamping<Change>>,
  maxLength = 9,
): fc.Arbitrary<readonly Timed<Change>[]> {
  const one = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 1 }), shape);
  return fc
    .array(one, { maxLength })
    .map((all) =>
      all.map(([at, sequence, change], index) =>
        timed(at, `${["e", "\uffee", "😀"][index % 3] ?? ""}${index}`, change, sequence),
      ),
    );
}

/** One set of changes as it happened, and as it was delivered: in any order, some of it twice. */
export interface Delivery<Change> {
  readonly changes: readonly Timed<Change>[];
  readonly delivered: readonly Timed<Change>[];
}

/** Arbitrary deliveries of arbitrary changes. */
export function deliveries<Change>(shape: fc.Arbitrary<Stamping<Change>>): fc.Arbitrary<Delivery<Change>> {
  return timedChanges(shape).chain((changes) =>
    fc
      .subarray([...changes])
      .chain((repeated) => {
        const all = [...changes, ...repeated];
        return fc.shuffledSubarray(all, { minLength: all.length });
      })
      .map((delivered) => ({ changes, delivered })),
  );
}

/** Freezes a value and everything in it, so that a function that writes to its input throws. */
export function frozen<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) frozen<unknown>(inner);
  }
  return value;
}
