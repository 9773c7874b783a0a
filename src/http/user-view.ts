import { z } from "zod";
import { viewUser } from "../domain/user.js";
import type { UserRecord } from "../store/facts.js";
import { enrolmentSchema, enrolmentView } from "./reason-view.js";

/** A user as answers show it, attributes apart. */
export const userSchema = z.object({
  user: z.uuid(),
  source: z.string(),
  externalId: z.string().nullable(),
  userName: z.string().nullable(),
  version: z.int(),
  exists: z.boolean(),
  enabled: z.boolean(),
  disabled: z.boolean(),
  locked: z.boolean(),
  enrolments: z.array(enrolmentSchema.extend({ selfService: z.boolean() })),
});

/** Shows a user. */
export function userView(user: UserRecord): z.output<typeof userSchema> {
  const view = viewUser(user.state);
  return {
    user: user.key,
    source: user.source,
    externalId: user.externalId,
    userName: view.userName,
    version: user.version,
    exists: view.exists,
    enabled: view.enabled,
    disabled: view.disabled,
    locked: view.locked,
    enrolments: view.enrolments.map((one) => ({ ...enrolmentView(one), selfService: one.selfService })),
  };
}
