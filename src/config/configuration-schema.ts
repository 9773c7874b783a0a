import { z } from "zod";
import { connectionSchema } from "./connection-schema.js";
import {
  durationSchema,
  applicationIdSchema,
  idSchema,
  networkSchema,
  requestedPathSchema,
  secretReferenceSchema,
} from "./scalars.js";

const compensationSchema = z
  .strictObject({
    accounts: z
      .enum(["delete", "disable"])
      .default("delete")
      .describe("What happens to accounts that were created."),
    within: durationSchema
      .prefault("PT1H")
      .describe("Only this long after the first effect; later a person is asked."),
    revertUpdates: z.boolean().default(false).describe("Whether updates go back to what was there before."),
  })
  .transform(({ within, ...compensation }) => ({ ...compensation, withinMs: within }))
  .describe("How far a compensation goes.");

const entrySchema = z.strictObject({
  connection: idSchema.describe("Id of a connection; each at most once per list."),
  jit: z
    .boolean()
    .default(false)
    .describe("Whether users created just in time at a login are provisioned too."),
  blocking: z
    .boolean()
    .default(false)
    .describe("Whether a caller that asks to wait waits for this connection."),
  optional: z.boolean().default(false).describe("An optional entry never triggers onPartialFailure."),
});

const listSchema = z.strictObject({
  onPartialFailure: z
    .enum(["compensate", "continue", "hold"])
    .default("compensate")
    .describe("What happens to the other accounts when one fails for good."),
  compensation: compensationSchema.prefault({}),
  connections: z.array(entrySchema).describe("The connections that apply. An empty list selects nothing."),
});

const applicationSchema = z.strictObject({
  id: applicationIdSchema.describe("Name of the application, as events give it."),
  name: z.string().min(1).optional().describe("For people."),
  requestedAttributes: z
    .union([z.literal("all"), z.array(requestedPathSchema)], {
      error: "must be all, or a list of attributes such as [userName, name.givenName, emails]",
    })
    .default("all")
    .describe("Attributes that may be sent on behalf of this application; userName always may."),
  provisioners: listSchema
    .optional()
    .describe("Its own list, which replaces the organization's. Absent: falls back to it."),
});

const feedFields = {
  id: idSchema.describe("Name of the feed; part of its address."),
  source: idSchema.describe(
    "The system of record whose ids this feed speaks. Feeds that share ids share it.",
  ),
  application: applicationIdSchema
    .optional()
    .describe("The application this feed speaks for. Absent: each event may name one."),
  authoritative: z
    .boolean()
    .default(true)
    .describe("Whether a deletion ends the user everywhere, or only what this feed enrolled."),
  enrols: z.enum(["all", "none"]).default("all").describe("Whether users that come in here are enrolled."),
  triggers: z
    .array(z.enum(["api", "console", "self-sign-up", "jit"]))
    .min(1)
    .default(["api", "console", "self-sign-up", "jit"])
    .describe("The triggers that events of this feed may carry."),
};

const tokens = z
  .array(secretReferenceSchema)
  .min(1)
  .describe("References to the tokens that open the feed; two during a rotation.");

const feedSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    ...feedFields,
    kind: z.literal("events").describe("The event API."),
    tokens,
  }),
  z.strictObject({
    ...feedFields,
    kind: z.literal("scim").describe("The SCIM facade."),
    tokens,
    put: z
      .enum(["replace", "partial"])
      .default("replace")
      .describe("Whether a PUT replaces the user or only what it names."),
    passwords: z
      .enum(["drop", "forward"])
      .default("drop")
      .describe("What happens to passwords that come in."),
  }),
  z.strictObject({
    ...feedFields,
    kind: z.literal("wso2-webhook").describe("WSO2's signed webhooks."),
    secrets: z
      .array(secretReferenceSchema)
      .min(1)
      .describe("References to the signing secrets; two during a rotation."),
  }),
]);

/** `outbound.yaml` as it is written. What comes out has every default filled in and durations in milliseconds. */
export const configurationSchema = z
  .strictObject({
    version: z.literal(1).describe("Version of this format."),
    organization: idSchema.describe("The tenant; every stored key begins with it."),
    provisioners: listSchema
      .prefault({ connections: [] })
      .describe(
        "The organization's provisioner list: console, self sign-up, and applications without a list.",
      ),
    applications: z
      .array(applicationSchema.describe("A client of the identity provider."))
      .default([])
      .describe("Clients of the identity provider. The id console is reserved."),
    feeds: z.array(feedSchema).default([]).describe("Authenticated ways in."),
    connections: z.array(connectionSchema).default([]).describe("Configured targets."),
    network: z
      .strictObject({
        allowPrivate: z
          .array(networkSchema)
          .default([])
          .describe("Private networks that targets may be reached in, as CIDR blocks."),
      })
      .prefault({})
      .describe("Where requests may go."),
  })
  .describe(
    "Configuration of outbound: applications, feeds, connections and provisioner lists of one organization.",
  );

/** A configuration that has passed the schema, before cross-references are resolved. */
export type ParsedConfiguration = z.output<typeof configurationSchema>;
