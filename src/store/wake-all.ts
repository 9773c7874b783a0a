import { sql } from "kysely";
import type { Db } from "./schema.js";

const pageSize = 500;

const wakePage = async (
  db: Db,
  organization: string,
  after: string | null,
  priority: number,
): Promise<readonly string[]> => {
  const result = await sql<{ key: string }>`
    with page as (
      select u.key from users u
      where u.organization = ${organization} and (${after}::uuid is null or u.key > ${after}::uuid)
        and (u.existing or exists (select 1 from accounts a where a.user_key = u.key))
      order by u.key limit ${pageSize} for update),
    raised as (
      update users u set version = u.version + 1 from page p where u.key = p.key
      returning u.key, u.organization, u.version)
    insert into outbox as o (kind, key, organization, version, priority)
    select 'user', key, organization, version, ${priority}::smallint from raised order by key
    on conflict (kind, key) do update set version = excluded.version, priority = least(o.priority, excluded.priority),
      signalled_at = null, attempts = 0, retry_at = null
    returning key`.execute(db);
  return result.rows.map((row) => row.key).sort();
};

/**
 * Wakes every user of an organization that exists or has an account, in pages of one statement each, so that no
 * row is locked for long. May be repeated: a user woken twice is looked at once. `onPage` is called after each
 * page's commit. Returns how many users were woken.
 */
export async function wakeAllUsers(
  db: Db,
  organization: string,
  priority: number,
  onPage: () => void = () => undefined,
): Promise<number> {
  let woken = 0;
  for (let after: string | null = null; ;) {
    const keys = await wakePage(db, organization, after, priority);
    woken += keys.length;
    if (keys.length > 0) onPage();
    after = keys.at(-1) ?? null;
    if (keys.length < pageSize || after === null) return woken;
  }
}
