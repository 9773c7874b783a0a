import type { CallContext } from "./connector.js";
import type { Credentials, HeaderFields } from "./credentials.js";
import { refusal, type HttpReply } from "./http-reply.js";
import {
  assertTimeLeft,
  openTransport,
  sendOnce,
  type HttpRequest,
  type TransportOptions,
} from "./http-send.js";

/** How a client is built: one per connection and origin. */
export interface HttpClientOptions extends TransportOptions {
  readonly credentials: Credentials;
  /** Called before each request, for the shared rate limit. */
  readonly beforeCall?: (context: CallContext) => Promise<void>;
}

/** The one way out of the process to a target. */
export interface HttpClient {
  /**
   * Sends a request and returns the answer, whatever its status except 3xx: redirects are never followed. A 401
   * is tried once more when the credentials renew; nothing else is ever tried again here.
   *
   * @throws TargetError `egress_denied`, `target_unreachable`, `attempt_timeout`, `secret_unavailable` with
   *         sent "no"; `reply_lost` (no whole answer) or `contract` (redirect, too large, not JSON) with "maybe".
   */
  request(request: HttpRequest, context: CallContext): Promise<HttpReply>;
  /** Waits for the answers that are under way, then ends all connections. */
  close(): Promise<void>;
}

/** Builds the guarded client of one connection: TLS verified, egress checked, sizes and times bounded. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const transport = openTransport(options);
  const active = new Set<Promise<HttpReply>>();

  const tracked = async (call: Promise<HttpReply>): Promise<HttpReply> => {
    active.add(call);
    try {
      return await call;
    } finally {
      active.delete(call);
    }
  };

  const attempt = async (
    request: HttpRequest,
    credentials: HeaderFields,
    context: CallContext,
  ): Promise<HttpReply> => {
    assertTimeLeft(context);
    await options.beforeCall?.(context);
    const headers = { ...request.headers, ...credentials };
    const reply = await tracked(sendOnce(transport, { ...request, headers }, context));
    if (reply.status >= 300 && reply.status < 400) throw refusal(reply);
    return reply;
  };

  return {
    async request(request, context) {
      const credentials = await options.credentials.current();
      const reply = await attempt(request, credentials, context);
      if (reply.status !== 401) return reply;
      const renewed = await options.credentials.renewed(credentials);
      return renewed === null ? reply : attempt(request, renewed, context);
    },
    async close() {
      await Promise.allSettled(active);
      await transport.agent.destroy();
    },
  };
}
