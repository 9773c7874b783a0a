import { z } from "zod";

/**
 * The ways in which targets depart from the RFC, as data. Every option here is honoured by the code; a new quirk
 * is a new option with its test.
 */
export const dialectOptions = z.strictObject({
  /** How an account is changed: PATCH (RFC 7644 §3.5.2), or the whole resource read, merged and PUT (§3.5.1). */
  updateMethod: z.enum(["patch", "put"]),
  /** One PATCH with a path per operation, one whose value names the attributes, or one PATCH per operation. */
  patchStyle: z.enum(["path", "noPath", "onePerRequest"]),
  /** Media type of request bodies. */
  contentType: z.enum(["application/scim+json", "application/json"]),
  /** How long a created account may stay invisible to a search, in milliseconds. */
  visibilityDelayMs: z.int().nonnegative(),
  /** Whether the target stores `externalId`; if not, it is never sent and never looked for. */
  keepsExternalId: z.boolean(),
  /** By which of the two standard keys the target can search. */
  filterable: z.array(z.enum(["externalId", "userName"])).readonly(),
  /** Whether `userName eq` may respect case, so that a lower-cased spelling is looked up as well. */
  userNameCaseSensitiveFilter: z.boolean(),
  /** Whether a quote or backslash in a filter value may be escaped; if not, such values are not looked up. */
  escapeQuotes: z.boolean(),
  /** Whether `meta.version` is enforced with If-Match (RFC 7644 §3.14). */
  supportsEtag: z.boolean(),
  /** Further attributes to search by (`emails.value`), after external id and user name. */
  extraMatchKeys: z.array(z.string().min(1)).readonly(),
});

/** One target's departures from the RFC. */
export type Dialect = Readonly<z.infer<typeof dialectOptions>>;

/** The dialects that ship, by name. */
export const dialects = {
  /** What RFC 7643 and 7644 say, read with caution where servers are known to differ. */
  rfc: {
    updateMethod: "patch",
    patchStyle: "path",
    contentType: "application/scim+json",
    visibilityDelayMs: 30_000,
    keepsExternalId: true,
    filterable: ["externalId", "userName"],
    userNameCaseSensitiveFilter: true,
    escapeQuotes: true,
    supportsEtag: false,
    extraMatchKeys: [],
  },
} as const satisfies Record<string, Dialect>;

/** The name of a dialect that ships. */
export type DialectName = keyof typeof dialects;

const dialectName = z.enum(Object.keys(dialects) as [DialectName, ...DialectName[]]);

/** A dialect by name, or one that is changed in some options: `{ base: rfc, updateMethod: put }`. */
export const dialectSetting = z.union([
  dialectName,
  z.strictObject({ base: dialectName, ...dialectOptions.partial().shape }),
]);

/** The dialect that a checked setting means. */
export function resolveDialect(setting: z.infer<typeof dialectSetting>): Dialect {
  if (typeof setting === "string") return dialects[setting];
  const { base, ...overrides } = setting;
  const given = Object.entries(overrides).filter(([, value]) => (value as unknown) !== undefined);
  return { ...dialects[base], ...(Object.fromEntries(given) as Partial<Dialect>) };
}
