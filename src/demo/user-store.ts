import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";

/** A user as the demo target keeps it: SCIM attributes with `id` and `meta`. */
export interface StoredUser {
  readonly id: string;
  readonly userName: string;
  readonly [attribute: string]: unknown;
}

/** The users of one demo target. */
export interface UserStore {
  list(): readonly StoredUser[];
  get(id: string): StoredUser | undefined;
  /** The user who has the name, whatever its case. */
  named(userName: string): StoredUser | undefined;
  /** Creates (id absent) or replaces; undefined when a user of this id does not exist. */
  save(id: string | undefined, attributes: Readonly<Record<string, unknown>>): StoredUser | undefined;
  delete(id: string): boolean;
}

function load(file: string | undefined): readonly StoredUser[] {
  if (file === undefined || !existsSync(file)) return [];
  return (JSON.parse(readFileSync(file, "utf8")) as { users: StoredUser[] }).users;
}

/**
 * Opens a store. With a file every change is on disk before it is answered, written beside and renamed, so that a
 * process killed at any point leaves either the old or the new state.
 */
export function openUserStore(file?: string): UserStore {
  const users = new Map(load(file).map((user) => [user.id, user]));
  const names = new Map([...users.values()].map((user) => [user.userName.toLowerCase(), user.id]));

  const persist = (): void => {
    if (file === undefined) return;
    writeFileSync(`${file}.new`, JSON.stringify({ users: [...users.values()] }, null, 2));
    renameSync(`${file}.new`, file);
  };
  const forget = (user: StoredUser): void => {
    users.delete(user.id);
    names.delete(user.userName.toLowerCase());
  };
  const named = (userName: string): StoredUser | undefined =>
    users.get(names.get(userName.toLowerCase()) ?? "");

  return {
    list: () => [...users.values()],
    get: (id) => users.get(id),
    named,
    save(id, attributes) {
      const former = id === undefined ? undefined : users.get(id);
      if (id !== undefined && former === undefined) return undefined;
      const now = new Date().toISOString();
      const created = (former?.["meta"] as { created?: string } | undefined)?.created ?? now;
      const meta = { created, lastModified: now };
      const userName = String(attributes["userName"]);
      const user = { ...attributes, userName, meta, id: former?.id ?? randomUUID() };
      if (former !== undefined) names.delete(former.userName.toLowerCase());
      users.set(user.id, user);
      names.set(userName.toLowerCase(), user.id);
      persist();
      return user;
    },
    delete(id) {
      const user = users.get(id);
      if (user === undefined) return false;
      forget(user);
      persist();
      return true;
    },
  };
}
