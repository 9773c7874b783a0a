import type { Environment } from "../config/environment.js";
import type { ParseResult } from "../config/parse-configuration.js";

/** What every process command hands on. */
export interface ProcessStart {
  readonly environment: Environment;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * The composition roots behind the process commands, and the one parser that knows the connectors' settings. All are
 * loaded when they are called: a command that only asks a server must not wait for Temporal's native core.
 */
export const composition = {
  up: async (
    options: ProcessStart & { readonly demo: boolean; readonly configFile: string | null },
  ): Promise<number> => (await import("../up.js")).runUp(options),
  server: async (options: ProcessStart): Promise<number> =>
    (await import("../run-server.js")).runServer(options),
  worker: async (
    options: ProcessStart & { readonly shard: { readonly index: number; readonly of: number } },
  ): Promise<number> => (await import("../run-worker.js")).runWorker(options),
  migrate: async (options: { readonly environment: Environment }): Promise<number> =>
    (await import("../run-migrate.js")).runMigrate(options),
  parseConfiguration: async (text: string): Promise<ParseResult> =>
    (await import("../runtime/configuration-file.js")).parseWithConnectors(text),
};
