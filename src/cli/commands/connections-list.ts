import type { Command } from "commander";
import type { Connection } from "../api/replies.js";
import { accountStates, connectionsReply } from "../api/replies.js";
import type { Cli } from "../session.js";
import { openSession } from "../session.js";
import { renderTable } from "../table.js";
import { clock } from "../times.js";

const stateOf = (one: Connection): string => {
  if (!one.configured) return "not configured";
  return one.enabled ? one.state : "disabled";
};

const guardOf = ({ guard }: Connection): string => {
  const holds = guard.openHolds === 0 ? "" : `${String(guard.openHolds)} held`;
  return [guard.latched ? "latched" : "", holds].filter((part) => part !== "").join(", ");
};

/** Why a connection rests, in a line of its own below the table. */
const restText = (one: Connection): readonly string[] => {
  if (one.state === "active") return [];
  const since = one.changedAt === null ? "" : ` since ${clock(one.changedAt)}`;
  const by = one.author === null ? "" : ` by ${one.author}`;
  const why = [one.code, one.reason].filter((part) => part !== null).join(", ");
  return [`${one.connection} is ${one.state}${since}${by}${why === "" ? "" : `: ${why}`}`];
};

const asText = (items: readonly Connection[]): string => {
  if (items.length === 0) return "The configuration has no connections.";
  const rows = items.map((one) => [
    one.connection,
    one.connector,
    stateOf(one),
    ...accountStates.map((state) => one.accounts[state]),
    guardOf(one),
  ]);
  const table = renderTable(["connection", "connector", "state", ...accountStates, "guard"], rows);
  const rests = items.flatMap(restText);
  return rests.length === 0 ? table : `${table}\n\n${rests.join("\n")}`;
};

/** `outbound connections list`: every target, whether it is worked on, and its accounts by state. */
export function registerConnectionsList(connections: Command, cli: Cli): void {
  connections
    .command("list")
    .description("list the connections: whether they are worked on, and their accounts by state")
    .action(async (_options: unknown, command: Command) => {
      const session = openSession(cli, command);
      const reply = await session.call({ path: ["connections"], reply: connectionsReply });
      session.show(reply, ({ items }) => asText(items));
    });
}
