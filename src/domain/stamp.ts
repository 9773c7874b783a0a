/**
 * When a value was written, as one comparable text: time, then sequence, then event id. Two different events never
 * share a stamp, so writes commute: the highest stamp wins whatever order they arrive in (design, section 3).
 */
export type Stamp = string;

/** How far in the future an event's time may lie before it is clamped, in milliseconds. */
export const clockToleranceMs = 5 * 60_000;

/** The stamp of one event, and whether its time had to be clamped to receivedAt + 5 min. */
export interface Stamped {
  readonly stamp: Stamp;
  readonly clamped: boolean;
}

/** What a stamp is made of; times are epoch milliseconds. */
export interface StampParts {
  readonly occurredAt: number;
  readonly receivedAt: number;
  readonly sequence: number;
  readonly eventId: string;
}

const width = 16;
const digits = (value: number): string => String(Math.max(0, Math.trunc(value))).padStart(width, "0");

/** Makes the stamp of an event: (min(occurredAt, receivedAt + 5 min), sequence, event id). */
export function makeStamp(parts: StampParts): Stamped {
  const latest = parts.receivedAt + clockToleranceMs;
  const at = Math.min(parts.occurredAt, latest);
  return {
    stamp: `${digits(at)}:${digits(parts.sequence)}:${parts.eventId}`,
    clamped: parts.occurredAt > latest,
  };
}

const surrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;

/**
 * Compares two stamps: negative, zero or positive. By code point, as the store's `collate "C"` does, which differs
 * from JavaScript's `<` only outside the basic plane.
 */
export function compareStamps(left: Stamp, right: Stamp): number {
  if (left === right) return 0;
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at += 1) {
    const a = left.charCodeAt(at);
    const b = right.charCodeAt(at);
    if (a === b) continue;
    if (surrogate(a) !== surrogate(b)) return surrogate(a) ? 1 : -1;
    return a - b;
  }
  return left.length - right.length;
}

/** The later of two stamps; null counts as before everything. */
export function laterStamp<S extends Stamp | null>(left: S, right: S): S {
  if (left === null) return right;
  if (right === null) return left;
  return compareStamps(left, right) >= 0 ? left : right;
}

/** Whether `stamp` is at or after `floor`: what a floor's own event named survives, earlier values do not. */
export function reaches(stamp: Stamp, floor: Stamp | null): boolean {
  return floor === null || compareStamps(stamp, floor) >= 0;
}

/** Whether `stamp` is after `floor`. */
export function isAfter(stamp: Stamp, floor: Stamp | null): boolean {
  return floor === null || compareStamps(stamp, floor) > 0;
}
