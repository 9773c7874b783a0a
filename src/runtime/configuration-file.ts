import { readFile } from "node:fs/promises";
import { parseConfiguration } from "../config/parse-configuration.js";
import type { ParseResult } from "../config/parse-configuration.js";
import { renderProblems } from "../config/render-problems.js";
import { settingsSchemas } from "../connectors/registry.js";
import type { Configuration } from "../domain/configuration.js";
import { applyConfiguration, configurationHash } from "../store/apply-configuration.js";
import { currentRevision, lastFileHash } from "../store/configurations.js";
import type { Db } from "../store/schema.js";
import { StartupError } from "./startup-error.js";

/** Parses a configuration with the connectors that this version has. */
export function parseWithConnectors(text: string): ParseResult {
  return parseConfiguration(text, { settingsSchemas });
}

/** A configuration as read from a file. */
export interface LoadedConfiguration {
  readonly configuration: Configuration;
  readonly text: string;
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
  return { configuration: result.configuration, text, file };
}

const apply = async (db: Db, loaded: LoadedConfiguration): Promise<number> => {
  const { configuration, text, file } = loaded;
  const applied = await applyConfiguration(db, {
    configuration,
    text,
    origin: "file",
    author: "file",
    orphans: "refuse",
  });
  if (applied.kind === "applied") return applied.revision;
  throw new StartupError(
    "configuration_orphans",
    `${file} drops connections that hold accounts: ${applied.connections.join(", ")}. Put them back, or disable them ` +
      "with `enabled: false`, or apply the file to a running server with `outbound apply FILE --orphans keep`.",
  );
};

const isLastFile = async (db: Db, { configuration }: LoadedConfiguration): Promise<boolean> =>
  (await lastFileHash(db, configuration.organization)) === configurationHash(configuration);

/** Puts the file into effect when it differs from the last revision that came from a file (all-in-one). */
export async function applyChangedFile(db: Db, loaded: LoadedConfiguration): Promise<number | null> {
  return (await isLastFile(db, loaded)) ? null : apply(db, loaded);
}

/** What {@link applyFirstFile} found. */
export type FirstFile = "stored" | "same" | "differs";

/** Puts the file into effect only when its organization has no configuration yet (server); else says whether it differs. */
export async function applyFirstFile(db: Db, loaded: LoadedConfiguration): Promise<FirstFile> {
  if ((await currentRevision(db, loaded.configuration.organization)) === null) {
    await apply(db, loaded);
    return "stored";
  }
  return (await isLastFile(db, loaded)) ? "same" : "differs";
}
