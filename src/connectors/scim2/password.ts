import { randomBytes } from "node:crypto";
import type { Json } from "../../domain/json.js";
import { readSecret, type SecretServices } from "../credentials.js";
import type { Scim2Settings } from "./settings.js";

/** Long and random, with each kind of character that password rules ask for. */
function randomPassword(): string {
  return `${randomBytes(24).toString("base64url")}aA1!`;
}

/**
 * The password of a new account (statement 35): the user's own if that is enabled, else the default, else a random
 * one; without `passwords` in the settings, or with neither switched on, none at all.
 *
 * @param own The user's password, if it was forwarded.
 * @throws TargetError `secret_unavailable` when the default cannot be read.
 */
export async function initialPassword(
  own: Json | undefined,
  settings: Scim2Settings["passwords"],
  services: SecretServices,
): Promise<string | null> {
  if (settings === undefined) return null;
  if (settings.provision && typeof own === "string") return own;
  if (settings.default !== undefined) {
    return readSecret((reference) => services.resolveSecret(reference), settings.default);
  }
  return settings.provision ? randomPassword() : null;
}
