/** Codes of starts that cannot go on until somebody changes something. */
export type StartupErrorCode =
  | "port_taken"
  | "configuration_missing"
  | "configuration_invalid"
  | "configuration_orphans"
  | "database_url_required"
  | "database_unreachable"
  | "temporal_unreachable";

/** Thrown by composition roots: code and message are shown to the person who starts; the message says what to change. */
export class StartupError extends Error {
  readonly code: StartupErrorCode;

  constructor(code: StartupErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StartupError";
    this.code = code;
  }
}
