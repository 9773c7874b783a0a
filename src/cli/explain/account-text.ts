import { assertNever } from "../../domain/assert-never.js";
import type { ConnectionExplanation } from "../api/explanation-reply.js";
import type { Account } from "../api/replies.js";
import { counted } from "../counted.js";
import { errorText } from "../error-text.js";
import { clockAndDistance } from "../times.js";

const origins: Readonly<Record<NonNullable<Account["linkOrigin"]>, string>> = {
  created: "created by outbound",
  adopted: "adopted: it existed already",
  linked: "linked by an operator",
};

const existenceText = (account: Account): string => {
  switch (account.existence) {
    case "none":
      return "none at the target";
    case "maybe":
      return "perhaps at the target: the reply to its creation was lost, so it is looked up before anything is created";
    case "known": {
      const active = account.active === null ? [] : [account.active ? "enabled" : "disabled"];
      const origin = account.linkOrigin === null ? [] : [origins[account.linkOrigin]];
      const parts = [`${account.remoteId ?? "known"} at the target`, ...active, ...origin];
      return parts.join(", ");
    }
    default:
      return assertNever(account.existence);
  }
};

/** `code: what it means`, or the bare code when this version does not know it. */
function codeText(code: string): string {
  const text = errorText(code);
  return text === null ? code : `${code}: ${text}`;
}

const failingText = (account: Account, now: number): string => {
  const since = account.failingSince === null ? "" : ` since ${clockAndDistance(account.failingSince, now)}`;
  return `failing${since}, ${counted(account.attempts, "attempt")} so far`;
};

const stateText = (account: Account, now: number): string => {
  switch (account.state) {
    case "pending":
      return "pending: work waits";
    case "settled":
      return "settled: as it was last decided";
    case "failing":
      return failingText(account, now);
    case "held":
      return "held: waits for a person's word";
    case "parked":
      return "parked: at rest without effect, and not tried again by itself";
    case "removed":
      return "removed";
    default:
      return assertNever(account.state);
  }
};

/** Where the account stands: at the target, with us, why, and what is in doubt. */
export function accountText(one: ConnectionExplanation, now: number): readonly string[] {
  const { account } = one;
  if (account === null) return ["none: nothing was ever done for this user here"];
  return [
    existenceText(account),
    stateText(account, now),
    ...(account.code === null ? [] : [codeText(account.code)]),
    ...(account.uncertain
      ? ["uncertain: an attempt ended without a word; the account is read before the next write"]
      : []),
    ...(account.marked ? ["marked: an operator asked for another look"] : []),
    ...(account.dueAt === null ? [] : [`to be deleted at ${clockAndDistance(account.dueAt, now)}`]),
  ];
}

/** Whether the connection is worked on; nothing when it is. */
export function connectionText(one: ConnectionExplanation, now: number): readonly string[] {
  const { state } = one;
  if (state.name === "active") return [];
  const since = state.changedAt === null ? "" : ` since ${clockAndDistance(state.changedAt, now)}`;
  const by = state.author === null ? "" : `, by ${state.author}`;
  const why = state.reason === null ? [] : [`reason given: ${state.reason}`];
  return [`${state.name}${since}${by}`, ...(state.code === null ? [] : [codeText(state.code)]), ...why];
}
