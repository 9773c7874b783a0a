import type { Command } from "commander";
import type { UserDetails } from "../api/replies.js";
import { userReply } from "../api/replies.js";
import { accountRow } from "../account-row.js";
import type { Page } from "../layout.js";
import { fields, pageFor, pairs } from "../layout.js";
import type { Cli } from "../session.js";
import { openSession } from "../session.js";
import { renderTable } from "../table.js";
import { enrolmentText, leaves, presence, userTitle } from "../user-text.js";

const accountsTable = (user: UserDetails): string => {
  if (user.accounts.length === 0) return "  none";
  const rows = user.accounts.map((account) => [account.connection, account.remoteId, ...accountRow(account)]);
  const table = renderTable(["connection", "remote id", "state", "code", "attempts", "updated", "id"], rows);
  return table.replaceAll(/^/gm, "  ");
};

const asText = (user: UserDetails, page: Page): string =>
  [
    page.heading(userTitle(user)),
    fields(page, [
      ["key", [user.user]],
      ["state", [`${presence(user)}, version ${String(user.version)}`]],
      ["came in", user.enrolments.map(enrolmentText)],
      ["groups", user.groups.length === 0 ? [] : [user.groups.join(", ")]],
      ["attributes", pairs(page, leaves(user.attributes))],
    ]),
    "",
    page.heading("Accounts"),
    accountsTable(user),
  ].join("\n");

/** `outbound users show`: what we hold of a user (values masked), and every account. */
export function registerUsersShow(users: Command, cli: Cli): void {
  users
    .command("show")
    .description("show what is known of a user, values masked, and every account")
    .argument("<user>", "key, or source:externalId")
    .action(async (user: string, _options: unknown, command: Command) => {
      const session = openSession(cli, command);
      const reply = await session.call({ path: ["users", user], reply: userReply });
      session.show(reply, (details) => asText(details, pageFor(cli.io)));
    });
}
