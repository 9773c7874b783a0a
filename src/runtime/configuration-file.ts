import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { parseConfiguration } from "../config/parse-configuration.js";
import type { ParseResult } from "../config/parse-configuration.js";
import { renderProblems } from "../config/render-problems.js";
import { settingsSchemas } from "../connectors/registry.js";
import type { Configuration } from "../domain/configuration.js";
import { priorities } from "../domain/directory-event.js";
import {
  currentRevision,
  lastFileHash,
  orphanedConnections,
  storeRevision,
} from "../store/configurations.js";
import type { Db } from "../store/schema.js";
import { wakeAllUsers } from "../store/wake-all.js";
import { StartupError } from "./startup-error.js";

/** Parses a configuration with the connectors that this version has. */
export function parseWithConnectors(text: string): ParseResult {
  return parseConfiguration(text, { settingsSchemas });
}

/** A configuration as read from a file. */
export interface LoadedConfiguration {
  readonly configuration: Configuration;
  readonly text: string;
  readonly hash: string;
  readonly file: string;
}

/** Reads and checks a configuration file; `rewrite` may adjust its text first. Throws `StartupError`. */
export async function loadConfiguration(
  file: string,
  rewrite: (text: string) => string = (text) => text,
): Promise<LoadedConfiguration> {
  let text: string;
  try {
    text = rewrite(await readFile(file, "utf8"));
  } catch (error) {
    const message = `cannot read ${file}: check the path in OUTBOUND_CONFIG or --config`;
    throw new StartupError("configuration_missing", message, { cause: error });
  }
  const result = parseWithConnectors(text);
  if (!result.ok) {
    const message = `${file} has problems:\n${renderProblems(result.problems, file)}`;
    throw new StartupError("configuration_invalid", message);
  }
  return {
    configuration: result.configuration,
    text,
    hash: createHash("sha256").update(text).digest("hex"),
    file,
  };
}

const refuseOrphans = async (db: Db, loaded: LoadedConfiguration): Promise<void> => {
  const orphans = await orphanedConnections(db, loaded.configuration);
  if (orphans.length === 0) return;
  throw new StartupError(
    "configuration_orphans",
    `${loaded.file} drops connections that hold accounts: ${orphans.join(", ")}. Put them back, or disable them ` +
      "with `enabled: false`, or apply the file to a running server with `outbound apply FILE --orphans keep`.",
  );
};

const store = async (db: Db, loaded: LoadedConfiguration): Promise<number> => {
  await refuseOrphans(db, loaded);
  const { configuration, text, hash } = loaded;
  const revision = await storeRevision(db, { configuration, text, hash, origin: "file", author: "file" });
  await wakeAllUsers(db, configuration.organization, priorities.bulk);
  return revision;
};

/** Stores the file as a revision when it differs from the last one that came from a file (all-in-one). */
export async function applyChangedFile(db: Db, loaded: LoadedConfiguration): Promise<number | null> {
  if ((await lastFileHash(db, loaded.configuration.organization)) === loaded.hash) return null;
  return store(db, loaded);
}

/** What {@link applyFirstFile} found. */
export type FirstFile = "stored" | "same" | "differs";

/** Stores the file only when its organization has no configuration yet (server); else says whether it differs. */
export async function applyFirstFile(db: Db, loaded: LoadedConfiguration): Promise<FirstFile> {
  const { organization } = loaded.configuration;
  if ((await currentRevision(db, organization)) === null) {
    await store(db, loaded);
    return "stored";
  }
  return (await lastFileHash(db, organization)) === loaded.hash ? "same" : "differs";
}
