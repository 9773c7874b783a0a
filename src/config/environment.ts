import { z } from "zod";
import { didYouMean } from "./nearest.js";
import type { Problem } from "./problem.js";

const port = (fallback: number) =>
  z
    .string()
    .default(String(fallback))
    .refine((text) => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535, {
      error: "must be a port number, 1 to 65535",
    })
    .transform(Number);

const logLevels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

const isPostgresUrl = (text: string): boolean =>
  URL.canParse(text) && ["postgres:", "postgresql:"].includes(new URL(text).protocol);

const isKey = (text: string): boolean =>
  /^[A-Za-z0-9+/]{43}=$/.test(text) && Buffer.from(text, "base64").length === 32;

/** Every variable that the product reads, with its default and its meaning. Design section 9. */
export const environmentSchema = z.object({
  OUTBOUND_CONFIG: z.string().optional().describe("Configuration file, as outbound.yaml."),
  OUTBOUND_DATA_DIR: z
    .string()
    .default(".outbound")
    .describe("Where the embedded database and generated tokens are kept."),
  OUTBOUND_DATABASE_URL: z
    .string()
    .refine(isPostgresUrl, { error: "must be a URL such as postgresql://user@host:5432/outbound" })
    .optional()
    .describe("PostgreSQL to use instead of the embedded database."),
  OUTBOUND_HOST: z.string().default("127.0.0.1").describe("Address that the HTTP servers listen on."),
  OUTBOUND_PORT: port(8080).describe("Port of the HTTP server."),
  OUTBOUND_ADMIN_TOKEN: z
    .string()
    .refine((text) => /^[\x21-\x7e]{16,}$/.test(text), {
      error: "must be at least 16 printable characters without spaces",
    })
    .optional()
    .describe("Token of the admin routes. Absent: made, and kept in the data directory."),
  OUTBOUND_METRICS_PORT: port(9464).describe("Port of the metrics."),
  TEMPORAL_ADDRESS: z
    .string()
    .refine((text) => /^[^\s/:@]+:\d{1,5}$|^\[[0-9a-fA-F:]+\]:\d{1,5}$/.test(text), {
      error: "must be host:port, without a scheme",
    })
    .optional()
    .describe("A running Temporal server. Absent: an embedded one is started."),
  TEMPORAL_NAMESPACE: z.string().default("default").describe("Temporal namespace."),
  OUTBOUND_TEMPORAL_PORT: port(7233).describe("Port of the embedded Temporal server."),
  OUTBOUND_TEMPORAL_UI_PORT: port(8233).describe("Port of the embedded Temporal UI."),
  OUTBOUND_DEMO_PORT: port(8090).describe("Port of the demo target."),
  OUTBOUND_ENCRYPTION_KEY: z
    .string()
    .refine(isKey, { error: "must be 32 random bytes in base64, as openssl rand -base64 32 prints them" })
    .optional()
    .describe("Key for passwords in transit; needed only where a feed has passwords: forward."),
  OUTBOUND_LOG_LEVEL: z
    .enum(logLevels, { error: `must be one of ${logLevels.join(", ")}` })
    .default("info")
    .describe("Least severity that is logged."),
});

/** What the process was told by its environment, checked and with every default filled in. */
export interface Environment {
  readonly configFile: string | null;
  readonly dataDirectory: string;
  readonly databaseUrl: string | null;
  readonly host: string;
  readonly port: number;
  readonly adminToken: string | null;
  readonly metricsPort: number;
  readonly temporalAddress: string | null;
  readonly temporalNamespace: string;
  readonly temporalPort: number;
  readonly temporalUiPort: number;
  readonly demoPort: number;
  /** 32 bytes in base64. */
  readonly encryptionKey: string | null;
  readonly logLevel: (typeof logLevels)[number];
}

/** An environment, or everything that is wrong with it; each problem's path is the variable. */
export type EnvironmentResult =
  | { readonly ok: true; readonly environment: Environment; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

type Variables = z.output<typeof environmentSchema>;

const build = (variables: Variables): Environment => ({
  configFile: variables.OUTBOUND_CONFIG ?? null,
  dataDirectory: variables.OUTBOUND_DATA_DIR,
  databaseUrl: variables.OUTBOUND_DATABASE_URL ?? null,
  host: variables.OUTBOUND_HOST,
  port: variables.OUTBOUND_PORT,
  adminToken: variables.OUTBOUND_ADMIN_TOKEN ?? null,
  metricsPort: variables.OUTBOUND_METRICS_PORT,
  temporalAddress: variables.TEMPORAL_ADDRESS ?? null,
  temporalNamespace: variables.TEMPORAL_NAMESPACE,
  temporalPort: variables.OUTBOUND_TEMPORAL_PORT,
  temporalUiPort: variables.OUTBOUND_TEMPORAL_UI_PORT,
  demoPort: variables.OUTBOUND_DEMO_PORT,
  encryptionKey: variables.OUTBOUND_ENCRYPTION_KEY ?? null,
  logLevel: variables.OUTBOUND_LOG_LEVEL,
});

const problem = (code: string, variable: string, message: string): Problem => ({
  code,
  line: null,
  column: null,
  path: variable,
  message,
});

const names = Object.keys(environmentSchema.shape);

const unknownVariables = (env: Readonly<Record<string, string | undefined>>): readonly Problem[] =>
  Object.keys(env)
    .filter((name) => name.startsWith("OUTBOUND_") && !names.includes(name))
    .sort()
    .map((name) => problem("unknown_variable", name, `is not read by outbound${didYouMean(name, names)}`));

/**
 * Reads the environment. An empty variable counts as absent. All problems come back at once and name what to
 * change, never a value; an `OUTBOUND_…` variable that nobody reads is a warning.
 */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): EnvironmentResult {
  const given = Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success) {
    const { issues } = parsed.error;
    const problems = issues.map((issue) => problem("invalid_variable", issue.path.join("."), issue.message));
    return { ok: false, problems };
  }
  return { ok: true, environment: build(parsed.data), warnings: unknownVariables(env) };
}

const withoutCredentials = (url: string): string => {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
};

/**
 * The environment as it may be logged and shown: secrets only as `(set)`, the database's address without user,
 * password and parameters.
 */
export function describeEnvironment(
  environment: Environment,
): Readonly<Record<keyof Environment, string | number | null>> {
  const secret = (value: string | null): string | null => (value === null ? null : "(set)");
  return {
    ...environment,
    databaseUrl: environment.databaseUrl === null ? null : withoutCredentials(environment.databaseUrl),
    adminToken: secret(environment.adminToken),
    encryptionKey: secret(environment.encryptionKey),
  };
}
