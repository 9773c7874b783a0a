import { assertNever } from "./assert-never.js";
import type { NamingPattern } from "./configuration.js";

/** What a naming pattern is filled with. */
export interface NamingParts {
  /** As the source spells it, perhaps with a user store prefix (`HR/ada`). */
  readonly userName: string;
  /** The connection's id, WSO2's `IDP`. */
  readonly connection: string;
}

const primaryStore = "PRIMARY";

/** Splits WSO2's `STORE/name`; without a prefix the store is PRIMARY. */
export function splitStoreDomain(userName: string): { readonly store: string; readonly name: string } {
  const at = userName.indexOf("/");
  return at < 0
    ? { store: primaryStore, name: userName }
    : { store: userName.slice(0, at), name: userName.slice(at + 1) };
}

/**
 * The account name that WSO2's provisioning pattern gives (statement 34): the elements joined by the separator,
 * lower-cased; separator characters are taken out of UD, TD and IDP; with a domain, every `@` becomes `.` and
 * `@domain` is added unless the name ends with it already.
 */
export function applyNamingPattern(pattern: NamingPattern, parts: NamingParts): string {
  const { store, name } = splitStoreDomain(parts.userName);
  const strip = (text: string): string =>
    pattern.separator === "" ? text : text.split(pattern.separator).join("");
  const joined = pattern.elements
    .map((element) => {
      switch (element) {
        case "UD":
          return strip(store);
        case "UN":
          return name;
        case "TD":
          return strip(pattern.tenantDomain);
        case "IDP":
          return strip(parts.connection);
        default:
          return assertNever(element);
      }
    })
    .join(pattern.separator)
    .toLowerCase();
  const domain = pattern.domain?.toLowerCase() ?? null;
  if (domain === null || joined.endsWith(`@${domain}`)) return joined;
  return `${joined.split("@").join(".")}@${domain}`;
}
