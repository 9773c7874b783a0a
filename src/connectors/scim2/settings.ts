import { z } from "zod";
import { dialectSetting } from "./dialects.js";

const secretReference = z
  .string()
  .regex(/^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$/, "must be a reference: env:NAME or file:/path");

/** A field that frames or routes the request must stay ours. */
const ownFields = [
  "host",
  "connection",
  "content-length",
  "content-type",
  "transfer-encoding",
  "expect",
  "upgrade",
];

const fieldName = z
  .string()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, "must be a header field name")
  .refine((name) => !ownFields.includes(name.toLowerCase()), "this header field cannot carry a key");

function isBaseUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const scheme = url.protocol === "https:" || url.protocol === "http:";
  return scheme && url.username === "" && url.password === "" && url.search === "" && url.hash === "";
}

/** Settings of a `scim2` connection in outbound.yaml. Secrets are references; unknown keys are errors. */
export const scim2Settings = z.strictObject({
  /** The SCIM root, to which `/Users` is appended. */
  baseUrl: z
    .string()
    .refine(isBaseUrl, "must be an http or https URL without credentials, query or fragment"),
  auth: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("bearer"), token: secretReference }),
    z.strictObject({ kind: z.literal("basic"), username: z.string().min(1), password: secretReference }),
    z.strictObject({ kind: z.literal("api-key"), header: fieldName, value: secretReference }),
  ]),
  dialect: dialectSetting.default("rfc"),
  /** Whether the target has groups. */
  groups: z.boolean().default(true),
  /** Statement 35: at create the user's own password if `provision`, else the default; never on an update. */
  passwords: z
    .strictObject({ provision: z.boolean().default(false), default: secretReference.optional() })
    .optional(),
});

/** Checked settings, defaults filled in. */
export type Scim2Settings = z.infer<typeof scim2Settings>;
