import type { z } from "zod";
import type { Token } from "../access.js";
import { errorIdentity } from "../../domain/error-identity.js";
import { CliError } from "../cli-error.js";
import { ProblemError, problemSchema } from "./problem-error.js";

/** How long a call may take, in milliseconds, when it does not ask the server to wait. */
export const callTimeoutMs = 60_000;

/** One call. */
export interface Call<T> {
  /** GET by default. */
  readonly method?: "GET" | "POST" | "PUT";
  /** Segments below the base URL, unencoded. */
  readonly path: readonly string[];
  /** Parameters; undefined ones are left out. */
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: { readonly type: string; readonly text: string };
  readonly author?: string | undefined;
  readonly token: Token;
  readonly timeoutMs?: number;
  readonly reply: z.ZodType<T>;
}

/** Calls one server. */
export interface ApiClient {
  readonly url: string;
  /**
   * The reply. Rejects with `ProblemError` when the server refused and said why, with a `CliError`
   * (`server_unreachable`, `server_timeout`, `unexpected_reply`) when there was no answer to understand.
   */
  send<T>(call: Call<T>): Promise<T>;
}

const encoded = (segment: string): string => {
  // URLs resolve these away, and the call would reach another route.
  if (segment === "" || segment === "." || segment === "..")
    throw new CliError("usage_error", `'${segment}' is no id; give the id that a listing shows`);
  return encodeURIComponent(segment);
};

const urlOf = (base: string, call: Call<unknown>): string => {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(call.query ?? {}))
    if (value !== undefined) query.set(name, value);
  return `${base}/${call.path.map(encoded).join("/")}${query.size === 0 ? "" : `?${query.toString()}`}`;
};

const requestOf = (call: Call<unknown>): RequestInit => ({
  method: call.method ?? "GET",
  headers: {
    accept: "application/json",
    authorization: `Bearer ${call.token.value}`,
    ...(call.body && { "content-type": call.body.type }),
    ...(call.author !== undefined && { "x-outbound-author": call.author }),
  },
  ...(call.body && { body: call.body.text }),
  // Followed, the token would go to whoever the answer names.
  redirect: "manual",
  signal: AbortSignal.timeout(call.timeoutMs ?? callTimeoutMs),
});

const causeCode = (error: unknown): string => {
  const cause = typeof error === "object" && error !== null && "cause" in error ? error.cause : undefined;
  const { code } = errorIdentity(cause);
  return code === null ? "" : ` (${code})`;
};

const failure = (error: unknown, url: string): CliError =>
  errorIdentity(error).error === "TimeoutError"
    ? new CliError(
        "server_timeout",
        `the server at ${url} has not answered in time; it may have acted, so look before you repeat`,
      )
    : new CliError(
        "server_unreachable",
        `nothing usable answers at ${url}${causeCode(error)}; is it running? Start it with npm start, or set --server`,
      );

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const retryAfterSeconds = (response: Response): number | null => {
  const value = response.headers.get("retry-after");
  return value !== null && /^\d{1,6}$/.test(value) ? Number(value) : null;
};

const unexpected = (response: Response, url: string): CliError =>
  new CliError(
    "unexpected_reply",
    `the server at ${url} answered HTTP ${String(response.status)} with something that outbound does not send; ` +
      "check --server, and that server and command line have the same version",
  );

const read = async <T>(call: Call<T>, response: Response, url: string): Promise<T> => {
  const body = parseJson(await response.text());
  if (response.ok) {
    const reply = call.reply.safeParse(body);
    if (reply.success) return reply.data;
    throw unexpected(response, url);
  }
  const problem = problemSchema.safeParse(body);
  if (problem.success) throw new ProblemError(problem.data, call.token, retryAfterSeconds(response));
  throw unexpected(response, url);
};

/** Builds a client for a base URL; nothing is connected yet. */
export function createApiClient(url: string): ApiClient {
  const send = async <T>(call: Call<T>): Promise<T> => {
    const address = urlOf(url, call);
    try {
      return await read(call, await fetch(address, requestOf(call)), url);
    } catch (error) {
      throw error instanceof CliError || error instanceof ProblemError ? error : failure(error, url);
    }
  };
  return { url, send };
}
