import type { CallContext } from "./connector.js";
import type { SecretServices } from "./credentials.js";

/** What the composition root lends to a connector. */
export interface ConnectorServices extends SecretServices {
  /**
   * Called before each request, for the shared rate limit. It may wait, but not past the context's deadline;
   * what it throws reaches the caller unchanged, with nothing sent.
   */
  readonly beforeCall?: (context: CallContext) => Promise<void>;
  /** Private networks that may be called, as CIDR blocks. */
  readonly allowPrivate: readonly string[];
}
