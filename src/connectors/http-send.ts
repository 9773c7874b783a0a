import { Agent, type Dispatcher } from "undici";
import { TargetError } from "../domain/errors.js";
import type { Json } from "../domain/json.js";
import type { CallContext } from "./connector.js";
import type { HeaderFields } from "./credentials.js";
import { createEgressGuard, type EgressGuard } from "./egress-guard.js";
import { transportFailure, type RequestProgress } from "./http-failure.js";
import type { HttpReply } from "./http-reply.js";

/** One request to the target. */
export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path below the base URL, each segment already percent-encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: HeaderFields;
  readonly body?: { readonly contentType: string; readonly text: string };
}

/** Where and within which bounds requests are sent. */
export interface TransportOptions {
  /** Where all requests go; credentials never leave this origin. */
  readonly baseUrl: string;
  /** Private networks that may be called, as CIDR blocks. */
  readonly allowPrivate: readonly string[];
  /** Largest answer in bytes; default 4 MiB. */
  readonly responseBytesMax?: number;
  /** Longest wait for one whole answer in milliseconds, within the context's deadline; default 15 s. */
  readonly callTimeoutMs?: number;
  /** Longest wait for a connection in milliseconds; default 5 s. */
  readonly connectTimeoutMs?: number;
}

/** An open way to one origin. */
export interface Transport {
  readonly base: URL;
  readonly guard: EgressGuard;
  readonly agent: Agent;
  readonly callTimeoutMs: number;
}

/** Opens the way: TLS verified, egress guarded, sizes bounded. Nothing is connected yet. */
export function openTransport(options: TransportOptions): Transport {
  const base = new URL(options.baseUrl);
  const guard = createEgressGuard(options.allowPrivate);
  const agent = new Agent({
    connect: {
      lookup: guard.lookup(base.protocol),
      rejectUnauthorized: true,
      minVersion: "TLSv1.2",
      timeout: options.connectTimeoutMs ?? 5000,
    },
    // HTTP/2 would bring requests that are silently sent again; here "sent or not" must be known.
    allowH2: false,
    connections: 64,
    // An idle connection that the target has closed meanwhile makes a call ambiguous: keep none for long.
    keepAliveMaxTimeout: 30_000,
    maxResponseSize: options.responseBytesMax ?? 4 * 1024 * 1024,
  });
  return { base, guard, agent, callTimeoutMs: options.callTimeoutMs ?? 15_000 };
}

/** @throws TargetError `attempt_timeout`, nothing sent, when the context's deadline has passed. */
export function assertTimeLeft(context: CallContext): void {
  const over = context.remainingMs() <= 0 || context.signal.aborted;
  if (over) throw new TargetError("attempt_timeout", { sent: "no" });
}

/**
 * Passes everything on and notes the moment before the first byte of the request is written. A request that was
 * given up while it waited for its connection ends here, unwritten.
 */
function markStart(
  handler: Dispatcher.DispatchHandler,
  progress: RequestProgress,
): Dispatcher.DispatchHandler {
  return {
    onRequestStart(controller, context) {
      if (progress.aborted) {
        controller.abort(new Error("given up before it was sent"));
        return;
      }
      progress.started = true;
      handler.onRequestStart?.(controller, context);
    },
    onRequestUpgrade: (...args) => handler.onRequestUpgrade?.(...args),
    onResponseStart: (...args) => handler.onResponseStart?.(...args),
    onResponseData: (...args) => handler.onResponseData?.(...args),
    onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
    onResponseError: (...args) => handler.onResponseError?.(...args),
  };
}

function firstValues(headers: Dispatcher.ResponseData["headers"]): HeaderFields {
  const first: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const text = Array.isArray(value) ? value[0] : value;
    if (text !== undefined) first[name] = text;
  }
  return first;
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

async function readReply(answer: Dispatcher.ResponseData, progress: RequestProgress): Promise<HttpReply> {
  const status = answer.statusCode;
  progress.status = status;
  const headers = firstValues(answer.headers);
  // The status of a refusal is enough: it stands even when its body is lost or too large.
  if (status >= 300) return { status, headers, body: parseJson(await answer.body.text().catch(() => "")) };
  const text = await answer.body.text();
  if (text === "") return { status, headers, body: undefined };
  const json = /json/i.test(headers["content-type"] ?? "json");
  const body = json ? parseJson(text) : undefined;
  if (body === undefined) throw new TargetError("contract", { sent: "maybe", status });
  return { status, headers, body };
}

async function dispatch(
  transport: Transport,
  request: HttpRequest,
  progress: RequestProgress,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  transport.guard.check(transport.base);
  const marked = transport.agent.compose(
    (next) => (options, handler) => next(options, markStart(handler, progress)),
  );
  return marked.request({
    origin: transport.base.origin,
    path: `${transport.base.pathname.replace(/\/+$/, "")}${request.path}`,
    query: request.query ?? {},
    method: request.method,
    headers: {
      "user-agent": "outbound",
      ...(request.body === undefined ? {} : { "content-type": request.body.contentType }),
      ...request.headers,
    },
    body: request.body?.text ?? null,
    signal,
  });
}

/**
 * Sends one request once and reads the whole answer, within the deadline of the context.
 *
 * @throws TargetError as {@link transportFailure} says, and `contract` for a success that is not JSON.
 */
export async function sendOnce(
  transport: Transport,
  request: HttpRequest,
  context: CallContext,
): Promise<HttpReply> {
  assertTimeLeft(context);
  const progress: RequestProgress = { started: false, aborted: false };
  const end = new AbortController();
  const unsent = Promise.withResolvers<never>();
  const stop = (): void => {
    progress.aborted = true;
    end.abort();
    // The library hears of an abort only once the connection stands; the deadline does not wait for that.
    if (!progress.started) unsent.reject(new Error("given up before it was sent"));
  };
  const timer = setTimeout(stop, Math.min(context.remainingMs(), transport.callTimeoutMs));
  context.signal.addEventListener("abort", stop, { once: true });
  try {
    const answer = dispatch(transport, request, progress, end.signal);
    return await readReply(await Promise.race([answer, unsent.promise]), progress);
  } catch (cause) {
    throw transportFailure(cause, progress);
  } finally {
    clearTimeout(timer);
    context.signal.removeEventListener("abort", stop);
  }
}
