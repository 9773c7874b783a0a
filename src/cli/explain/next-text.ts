import { assertNever } from "../../domain/assert-never.js";
import type { ConnectionExplanation, Explanation } from "../api/explanation-reply.js";
import { clockAndDistance } from "../times.js";

const openStates: readonly string[] = ["pending", "failing"];

const isOpen = (one: ConnectionExplanation): boolean =>
  one.account === null
    ? one.decision !== null && one.decision.verb !== "none"
    : openStates.includes(one.account.state) || one.account.marked;

const attemptText = (next: NonNullable<ConnectionExplanation["nextTry"]>, now: number): string => {
  const number = `attempt ${String(next.attempt)}`;
  switch (next.waiting) {
    case "retry":
      return next.at === null ? `${number}, soon` : `${number} at ${clockAndDistance(next.at, now)}`;
    case "queue":
      return `${number} waits in the connection's queue for a worker`;
    case "running":
      return `${number} is under way`;
    default:
      return assertNever(next.waiting);
  }
};

const restText = (one: ConnectionExplanation, now: number): readonly string[] => {
  const { account, decision } = one;
  if (account?.state === "parked" && account.code === "compensated")
    return ["nothing here by itself; it comes back once the connection that failed has settled"];
  if (account?.state === "parked")
    return [
      "nothing by itself; once the cause is mended:",
      `$ outbound accounts resend --ids ${account.id} --reason TEXT`,
    ];
  if (account?.dueAt !== null && account?.dueAt !== undefined)
    return [`the account is deleted at ${clockAndDistance(account.dueAt, now)}`];
  if (decision === null)
    return ["nothing; put the connection back into the configuration to work on it again"];
  return ["nothing until something changes"];
};

const holdText = (hold: NonNullable<ConnectionExplanation["hold"]>, now: number): readonly string[] => {
  const [words, verb] =
    hold.kind === "partial_failure"
      ? ["retry, skip or compensate", "retry"]
      : ["release or cancel", "release"];
  return [
    `waits for a person's word since ${clockAndDistance(hold.createdAt, now)}; ${words} it:`,
    `$ outbound holds ${verb} --ids ${hold.id} --reason TEXT`,
  ];
};

/** What happens next at one connection; where a person must act, the command to do so as a second paragraph. */
export function nextText(one: ConnectionExplanation, all: Explanation, now: number): readonly string[] {
  if (one.hold !== null) return holdText(one.hold, now);
  const open = isOpen(one);
  if (open && one.state.name !== "active")
    return [
      `nothing is tried while the connection is ${one.state.name}; resume it:`,
      `$ outbound connections resume ${one.connection} --reason TEXT`,
    ];
  if (one.nextTry !== null) return [attemptText(one.nextTry, now)];
  if (open && all.temporal === "down") return ["unknown while Temporal does not answer; nothing is lost"];
  if (all.waiting) return ["a change was accepted and is about to be looked at"];
  if (open) return ["the work is open and is taken up within minutes"];
  return restText(one, now);
}
