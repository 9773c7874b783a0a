/** Exit codes of every command (design section 10). */
export const exitCodes = { ok: 0, failed: 1, usage: 2 } as const;

/** Codes that the command line itself can end with; those of the server come as it sent them. Stable. */
export type CliErrorCode =
  | "usage_error"
  | "token_missing"
  | "token_invalid"
  | "organization_ambiguous"
  | "organization_missing"
  | "server_unreachable"
  | "server_timeout"
  | "unexpected_reply"
  | "file_unreadable"
  | "input_invalid"
  | "invalid_variable"
  | "invalid_configuration"
  | "events_rejected"
  | "connection_test_failed";

const usageCodes: readonly CliErrorCode[] = [
  "usage_error",
  "token_missing",
  "token_invalid",
  "organization_ambiguous",
  "file_unreadable",
  "input_invalid",
  "invalid_variable",
];

/**
 * Thrown by commands: a stable code, one sentence that says what to do, and further lines for what comes in
 * lists. Exits with 2 where the call must be changed, else with 1.
 */
export class CliError extends Error {
  readonly code: CliErrorCode;
  readonly details: readonly string[];

  constructor(code: CliErrorCode, message: string, details: readonly string[] = []) {
    super(message);
    this.name = "CliError";
    this.code = code;
    this.details = details;
  }

  get exitCode(): number {
    return usageCodes.includes(this.code) ? exitCodes.usage : exitCodes.failed;
  }
}
