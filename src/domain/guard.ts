import type { GuardLimits } from "./configuration.js";

/**
 * How many removals a connection takes in one window without a person: min(ceiling, max(free, percent of the
 * linked accounts)), rounded down (design, section 7).
 */
export function guardAllowance(limits: GuardLimits, linkedAccounts: number): number {
  const share = Math.floor((linkedAccounts * limits.percent) / 100);
  return Math.min(limits.ceiling, Math.max(limits.free, share));
}

/** Whether one more removal must wait for a person. A guard that has tripped stays so until its last hold is answered. */
export function mustHold(
  limits: GuardLimits,
  linkedAccounts: number,
  removalsInWindow: number,
  latched: boolean,
): boolean {
  return latched || removalsInWindow + 1 > guardAllowance(limits, linkedAccounts);
}
