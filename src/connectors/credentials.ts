import type { SecretReference } from "../domain/configuration.js";
import { TargetError } from "../domain/errors.js";

/** Header fields of one request, by name. */
export type HeaderFields = Readonly<Record<string, string>>;

/** How a connector comes by its secrets: always late, never kept longer than the resolver keeps them. */
export interface SecretServices {
  /** The value behind a reference; called for every request, so the resolver caches. */
  resolveSecret(reference: SecretReference): Promise<string>;
  /** The value read anew; called once after a 401. */
  readonly refreshSecret?: (reference: SecretReference) => Promise<string>;
}

/** What authenticates a request. */
export interface Credentials {
  /** Fields for the next request. Throws `secret_unavailable` (or what a token endpoint answered). */
  current(): Promise<HeaderFields>;
  /** Fresh fields after a 401, or null when there is nothing else to try. */
  renewed(rejected: HeaderFields): Promise<HeaderFields | null>;
}

/** One secret in one header field. */
export interface HeaderCredential {
  readonly reference: SecretReference;
  /** The field's name. */
  readonly field: string;
  /** The field's value for a secret. */
  readonly value: (secret: string) => string;
}

/** What may stand in a field value (RFC 9110 §5.5): anything else would split or break the request. */
const fieldValue = /^[\t\x20-\x7e\x80-\xff]+$/;

/**
 * Calls the resolver and turns every failure into one code.
 *
 * @throws TargetError `secret_unavailable`, nothing sent; also when the secret is empty.
 */
export async function readSecret(
  read: (reference: SecretReference) => Promise<string>,
  reference: SecretReference,
): Promise<string> {
  let secret: string;
  try {
    secret = await read(reference);
  } catch (cause) {
    throw new TargetError("secret_unavailable", { sent: "no", cause });
  }
  if (secret === "") throw new TargetError("secret_unavailable", { sent: "no" });
  return secret;
}

/**
 * Credentials that are one secret in one header field (bearer, basic, API key).
 *
 * A secret that cannot stand in a header field is reported as `secret_unavailable`, nothing sent.
 */
export function headerCredentials(credential: HeaderCredential, services: SecretServices): Credentials {
  const fields = async (read: SecretServices["resolveSecret"]): Promise<HeaderFields> => {
    const value = credential.value(await readSecret(read, credential.reference));
    if (!fieldValue.test(value)) throw new TargetError("secret_unavailable", { sent: "no" });
    return { [credential.field]: value };
  };
  return {
    current: () => fields((reference) => services.resolveSecret(reference)),
    async renewed(rejected) {
      if (services.refreshSecret === undefined) return null;
      const fresh = await fields(services.refreshSecret);
      return fresh[credential.field] === rejected[credential.field] ? null : fresh;
    },
  };
}
