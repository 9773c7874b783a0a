import { z } from "zod";
import type { Revision } from "../store/configurations.js";
import { currentRevision } from "../store/configurations.js";
import type { UserRecord } from "../store/facts.js";
import { readUser, readUserByExternalId } from "../store/facts.js";
import type { Db } from "../store/schema.js";
import { HttpProblem } from "./problem.js";

const key = z.uuid();

const lookUp = async (db: Db, organization: string, reference: string): Promise<UserRecord | null> => {
  if (key.safeParse(reference).success) {
    const user = await readUser(db, reference);
    return user?.organization === organization ? user : null;
  }
  const colon = reference.indexOf(":");
  if (colon < 0) return null;
  return readUserByExternalId(db, organization, reference.slice(0, colon), reference.slice(colon + 1));
};

/** The user that a path names: by our key, or by `source:externalId`. Throws `HttpProblem` `unknown_user`. */
export async function findUser(db: Db, organization: string, reference: string): Promise<UserRecord> {
  const user = await lookUp(db, organization, reference);
  if (user !== null) return user;
  throw new HttpProblem("unknown_user", {
    detail: "name a user by our id, or as source:externalId; users?userName= finds one",
  });
}

/** The newest configuration of an organization. Throws `HttpProblem` `unknown_organization`. */
export async function findRevision(db: Db, organization: string, cacheKey: Db = db): Promise<Revision> {
  const revision = await currentRevision(db, organization, cacheKey);
  if (revision !== null) return revision;
  throw new HttpProblem("unknown_organization", {
    detail: "no configuration is stored for it: apply one first",
  });
}
