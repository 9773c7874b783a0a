import { assertNever } from "../../domain/assert-never.js";
import type { ConnectionExplanation, Decision } from "../api/explanation-reply.js";
import { duration } from "../times.js";

const verdict = (decision: Decision, hasAccount: boolean): string => {
  switch (decision.verb) {
    case "ensure":
      if (decision.missing.length > 0)
        return `this user must have an account, but cannot: no value for ${decision.missing.join(", ")}`;
      return decision.active
        ? "this user must have an enabled account"
        : "this user must have an account, and it must be disabled";
    case "remove":
      if (decision.step === "delete") return "the account must be deleted";
      return decision.graceMs === null
        ? "the account must be disabled"
        : `the account must be disabled now, and deleted ${duration(decision.graceMs)} later`;
    case "undo":
      return "what the change did here must be taken back";
    case "none":
      return hasAccount ? "nothing: the account is left as it is" : "nothing: no account is made here";
    default:
      return assertNever(decision);
  }
};

const flags = (decision: Decision): readonly string[] => [
  ...(decision.blocking ? ["blocking: callers that ask to wait, wait for it"] : []),
  ...(decision.optional ? ["optional: its failure never triggers the partial-failure policy"] : []),
];

/** The decision as a sentence, and the flags of the provisioner list behind it. */
export function decisionText(one: ConnectionExplanation): readonly string[] {
  if (one.decision === null) return ["none: the connection is not in the configuration"];
  const hasAccount = one.account !== null && one.account.existence !== "none";
  return [verdict(one.decision, hasAccount), ...flags(one.decision)];
}
