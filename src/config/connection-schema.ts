import { z } from "zod";
import type { Deprovision, MappingRule, NamingPattern, RemovalPolicy } from "../domain/configuration.js";
import { durationSchema, idSchema, sourcePathSchema } from "./scalars.js";

const ownWords = z.json().refine((value) => value !== null, {
  error: "must be a value: leave the key out to set nothing",
});

const patternSchema = z
  .strictObject({
    elements: z
      .array(z.enum(["UD", "UN", "TD", "IDP"]))
      .min(1)
      .default(["UN"])
      .describe("Parts in order: UD user store domain, UN user name, TD tenant domain, IDP connection id."),
    separator: z.string().default("_").describe("Stands between the parts; taken out of UD, TD and IDP."),
    domain: z.string().min(1).optional().describe("Added as @domain; every other @ becomes a dot."),
    tenantDomain: z.string().min(1).default("carbon.super").describe("What TD stands for."),
  })
  .transform(({ domain, ...pattern }): NamingPattern => ({ ...pattern, domain: domain ?? null }))
  .describe("WSO2's provisioning pattern; the result is lower-cased.");

const ruleSchema = z
  .strictObject({
    path: sourcePathSchema.optional().describe("The source attribute to send."),
    value: ownWords.optional().describe("A fixed value, sent whatever the source says."),
    pattern: patternSchema.optional(),
    cel: z.string().optional().describe("An expression; not in this release."),
    default: ownWords.optional().describe("Sent at create when the source has no value; never over a value."),
  })
  .transform(({ path, value, pattern, default: fallback }): MappingRule => ({
    ...(path !== undefined && { path }),
    ...(value !== undefined && { value: value }),
    ...(pattern !== undefined && { pattern }),
    ...(fallback !== undefined && { default: fallback }),
  }));

const mappingSchema = z
  .record(z.string(), ruleSchema)
  .describe(
    "Target attribute to rule, each with one of path, value or pattern. Absent: the connector's default.",
  );

const removalSchema = z
  .union(
    [
      z.enum(["disable", "delete", "keep"]),
      z.strictObject({
        disable: z.literal("now").describe("The account is disabled at once."),
        delete: durationSchema.describe("How long after that it is deleted."),
      }),
    ],
    { error: "must be disable, delete, keep or { disable: now, delete: P30D }" },
  )
  .transform((policy): RemovalPolicy =>
    typeof policy === "string" ? { kind: policy } : { kind: "staged", graceMs: policy.delete },
  );

const wso2Deprovision: Deprovision = {
  deleted: { kind: "delete" },
  outOfScope: { kind: "delete" },
  disabled: "ignore",
  deselected: "keep",
};

const deprovisionSchema = z
  .union(
    [
      z.literal("wso2"),
      z.strictObject({
        deleted: removalSchema
          .prefault({ disable: "now", delete: "P30D" })
          .describe("When the user is deleted at the source."),
        outOfScope: removalSchema.prefault("disable").describe("When the user leaves the group filter."),
        disabled: z
          .enum(["disable", "ignore"])
          .default("disable")
          .describe("When the user is disabled or locked at the source."),
        deselected: z
          .enum(["keep", "disable", "delete"])
          .default("keep")
          .describe("When no provisioner list selects the connection for the user any more."),
      }),
    ],
    { error: "must be wso2, or a mapping of deleted, outOfScope, disabled and deselected" },
  )
  .transform((deprovision): Deprovision => (deprovision === "wso2" ? wso2Deprovision : deprovision))
  .describe("What leaving means, per cause. wso2: delete at once on deletion and on leaving the filter.");

const guardSchema = z
  .strictObject({
    free: z.int().min(0).default(5).describe("Removals that never need a person."),
    percent: z.number().min(0).max(100).default(10).describe("Share of the linked accounts, in percent."),
    ceiling: z
      .int()
      .min(0)
      .default(200)
      .describe("Most removals in a window, however many accounts there are."),
    window: durationSchema.prefault("PT1H").describe("The window in which removals are counted."),
  })
  .transform(({ window, ...guard }) => ({ ...guard, windowMs: window }))
  .describe(
    "Removals beyond min(ceiling, max(free, percent of the accounts)) in a window wait for a person.",
  );

const limitsSchema = z
  .strictObject({
    requestsPerSecond: z
      .number()
      .positive()
      .max(10_000)
      .nullable()
      .default(null)
      .describe("Requests per second, over all processes; null: no limit of ours."),
    concurrency: z
      .int()
      .min(1)
      .max(200)
      .default(4)
      .describe("Accounts worked on at once, per worker process."),
  })
  .describe("How hard the target may be driven.");

/** One connection as it is written. */
export const connectionSchema = z.strictObject({
  id: idSchema.describe("Name of this connection; lists refer to it, stored accounts belong to it."),
  connector: z
    .enum(["scim2", "google-workspace", "salesforce"])
    .describe("The code that speaks to the target."),
  enabled: z.boolean().default(true).describe("False: nothing is sent, existing accounts stay as they are."),
  settings: z
    .record(z.string(), z.json())
    .prefault({})
    .describe("The connector's own settings: address, credentials, dialect."),
  groupFilter: z
    .array(z.string())
    .meta({ minItems: 1 })
    .optional()
    .describe("Only members of these groups, as source:externalId. Absent: every user."),
  pushGroups: z
    .enum(["all", "filter", "none"])
    .default("all")
    .describe("Which groups are provisioned: all, those of the filter, none."),
  mapping: mappingSchema.optional(),
  deprovision: deprovisionSchema.prefault({}),
  adopt: z
    .enum(["never", "unmanaged", "always"])
    .default("unmanaged")
    .describe("Whether an existing account that matches is taken over instead of creating one."),
  guard: guardSchema.prefault({}),
  limits: limitsSchema.prefault({}),
  retry: z
    .strictObject({
      giveUpAfter: durationSchema
        .prefault("P7D")
        .describe("How long a failing account is tried before it is parked."),
    })
    .transform(({ giveUpAfter }) => ({ giveUpAfterMs: giveUpAfter }))
    .prefault({})
    .describe("How long to go on trying."),
});
