import { createHash } from "node:crypto";
import type { Configuration } from "../domain/configuration.js";
import { priorities } from "../domain/directory-event.js";
import type { Json } from "../domain/json.js";
import { canonicalJson } from "../domain/json.js";
import { currentRevision, orphanedConnections, storeRevision } from "./configurations.js";
import type { Db } from "./schema.js";
import { wakeAllUsers } from "./wake-all.js";

/** A configuration to be put into effect. */
export interface ConfigurationToApply {
  readonly configuration: Configuration;
  readonly text: string;
  readonly origin: "file" | "api";
  readonly author: string;
  /** What to do about connections that vanish while they have accounts. */
  readonly orphans: "refuse" | "keep";
  /** Called after each page of woken users has been committed. */
  readonly onWoken?: () => void;
}

/** What came of it. `changed` is false when the newest revision says the same: nothing is stored, nobody woken. */
export type ApplyResult =
  | { readonly kind: "applied"; readonly revision: number; readonly changed: boolean; readonly woken: number }
  | { readonly kind: "orphans"; readonly connections: readonly string[] };

/** Hash of what a configuration says, whatever its comments and the order of its keys. */
export function configurationHash(configuration: Configuration): string {
  const content = JSON.parse(JSON.stringify(configuration)) as Json;
  return createHash("sha256").update(canonicalJson(content)).digest("hex");
}

/**
 * Puts a configuration into effect as the next revision, and wakes everybody whom it may concern at bulk priority
 * (design, section 7). Refuses, storing nothing, when connections vanish that have accounts, unless told to keep
 * them.
 */
export async function applyConfiguration(db: Db, apply: ConfigurationToApply): Promise<ApplyResult> {
  const { configuration, text, origin, author } = apply;
  const { organization } = configuration;
  const hash = configurationHash(configuration);
  const newest = await currentRevision(db, organization);
  if (newest !== null && configurationHash(newest.configuration) === hash)
    return { kind: "applied", revision: newest.revision, changed: false, woken: 0 };
  const connections = apply.orphans === "keep" ? [] : await orphanedConnections(db, configuration);
  if (connections.length > 0) return { kind: "orphans", connections };
  const revision = await storeRevision(db, { configuration, text, hash, origin, author });
  const woken = await wakeAllUsers(db, organization, priorities.bulk, apply.onWoken);
  return { kind: "applied", revision, changed: true, woken };
}
