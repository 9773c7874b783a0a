import type { TargetAccount, TargetCall } from "./target-call.js";
import { isWrite } from "./target-call.js";

/**
 * Writes that a target received for one account while another one for the same account was under way, as
 * `connection/user`: there must be none (promise 2: one writer per account).
 *
 * @param accounts The accounts at the end, by connection: they tell whose a remote id is.
 */
export function overlappingWrites(
  calls: readonly TargetCall[],
  accounts: Readonly<Record<string, readonly TargetAccount[]>>,
): readonly string[] {
  const owners = new Map(
    Object.entries(accounts).flatMap(([connection, held]) =>
      held.map((one): [string, string] => [`${connection}/${one.id}`, String(one["externalId"])]),
    ),
  );
  const keyOf = ({ connection, subject }: TargetCall): string =>
    `${connection}/${owners.get(`${connection}/${subject}`) ?? subject}`;
  const byAccount = Map.groupBy(calls.filter(isWrite), keyOf);
  return [...byAccount].flatMap(([key, writes]) => {
    const inOrder = [...writes].sort((left, right) => left.startedAt - right.startedAt);
    const overlaps = inOrder.some((call, at) => {
      const before = inOrder[at - 1];
      return before !== undefined && (before.endedAt ?? Infinity) > call.startedAt;
    });
    return overlaps ? [key] : [];
  });
}
