/**
 * What can go wrong with a Temporal server of our own, or with what we need of a foreign one. Codes are stable.
 *
 * - `cli_unavailable`: no Temporal CLI was found and none could be fetched; the message says what to do.
 * - `port_taken`: something else listens on a port we need; the message names the variable that moves it.
 * - `data_in_use`: a live process already runs a server on the same data directory.
 * - `start_failed`: the server ended, or gave no answer in time; the message carries its last words.
 * - `search_attribute_type`: an attribute exists with another type, which the server would silently keep.
 * - `search_attributes_missing`: attributes are missing and we may not create them.
 */
export type TemporalServerErrorCode =
  | "cli_unavailable"
  | "port_taken"
  | "data_in_use"
  | "start_failed"
  | "search_attribute_type"
  | "search_attributes_missing";

/** Thrown by `src/temporal`; the message is meant for a person and says what would help. */
export class TemporalServerError extends Error {
  readonly code: TemporalServerErrorCode;

  constructor(code: TemporalServerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "TemporalServerError";
    this.code = code;
  }
}
