import { readFile, stat } from "node:fs/promises";
import { parseSecretReference } from "./secret-reference.js";

/** How long a secret that was read is used before it is read again, in milliseconds (design section 10). */
export const secretMaxAgeMs = 30_000;

const maxFileBytes = 65_536;

/**
 * Thrown when a secret cannot be had: its variable or file is missing, empty or unreadable. Names the reference,
 * never a value; a text that is no reference is not named either, since it may be the secret.
 */
export class SecretError extends Error {
  readonly code = "secret_unavailable";
  /** The reference; null when what was asked for is no reference. */
  readonly reference: string | null;

  constructor(reference: string | null, reason: string) {
    super(`secret_unavailable: ${reference ?? "what is configured"} ${reason}`);
    this.name = "SecretError";
    this.reference = reference;
  }
}

/** Gives the secrets behind references. */
export interface SecretResolver {
  /** The secret, at most {@link secretMaxAgeMs} old. Rejects with {@link SecretError}. */
  resolve(reference: string): Promise<string>;
  /** The secret read anew, as after a 401. Rejects with {@link SecretError}. */
  refresh(reference: string): Promise<string>;
}

/** Where secrets come from. */
export interface SecretSources {
  /** The process environment, which is fixed for the life of the process: only files can rotate without a restart. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds that never go back; the process's monotonic clock by default. */
  readonly now?: () => number;
}

const fileReason = (error: unknown): string => {
  const code =
    error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "error";
  return `cannot be read (${code})`;
};

const readSecretFile = async (reference: string, path: string): Promise<string> => {
  let text: string;
  try {
    // Asked first: a device or a mistaken path to something huge must not be read into memory.
    const { size } = await stat(path);
    if (size > maxFileBytes) throw new SecretError(reference, `is larger than ${maxFileBytes} bytes`);
    text = await readFile(path, "utf8");
  } catch (error) {
    throw error instanceof SecretError ? error : new SecretError(reference, fileReason(error));
  }
  return text.replace(/\r?\n$/, "");
};

const readSecret = async (reference: string, env: SecretSources["env"]): Promise<string> => {
  const parsed = parseSecretReference(reference);
  if (parsed === null)
    throw new SecretError(null, "is not a secret reference (env:NAME or file:/absolute/path)");
  const value = parsed.kind === "env" ? env[parsed.name] : await readSecretFile(reference, parsed.path);
  if (value === undefined) throw new SecretError(reference, "is not set");
  if (value === "") throw new SecretError(reference, "is empty");
  return value;
};

/**
 * Builds a resolver. Values stay in this process, at most {@link secretMaxAgeMs}; one trailing line break of a file
 * is not part of the secret. A secret that cannot be read again is unavailable: an old value is not served on.
 */
export function createSecretResolver(sources: SecretSources): SecretResolver {
  const now = sources.now ?? (() => performance.now());
  const cache = new Map<string, { readonly value: string; readonly readAt: number }>();
  const refresh = async (reference: string): Promise<string> => {
    cache.delete(reference);
    // Taken before the read: a file that changes while it is read is then old sooner, never later.
    const readAt = now();
    const value = await readSecret(reference, sources.env);
    const held = cache.get(reference);
    if (held === undefined || held.readAt <= readAt) cache.set(reference, { value, readAt });
    return value;
  };
  const resolve = async (reference: string): Promise<string> => {
    const cached = cache.get(reference);
    return cached !== undefined && now() - cached.readAt < secretMaxAgeMs ? cached.value : refresh(reference);
  };
  return { resolve, refresh };
}
