import type { FastifyRequest, FastifySchemaCompiler } from "fastify";
import { validatorCompiler } from "fastify-type-provider-zod";
import { z } from "zod";
import type { $ZodType } from "zod/v4/core";
import type { Json } from "../../domain/json.js";
import { acceptFeedEvents } from "../../feeds/accept-feed-events.js";
import type { FeedResult } from "../../feeds/accept-feed-events.js";
import { eventSchema } from "../../feeds/event-schema.js";
import type { FeedAccess } from "../authentication.js";
import { authenticateFeed } from "../authentication.js";
import { awaitSettled } from "../await-settled.js";
import type { HttpDependencies } from "../dependencies.js";
import { accountStatesView, problemText, problemViews, resultView, resultsSchema } from "../event-view.js";
import { emptyBody, takeJson } from "../json-body.js";
import { HttpProblem } from "../problem.js";
import { idParam, organizationParam, organizationPath } from "../requests.js";
import type { ZodApp } from "../zod-app.js";
import { answers, problemResponses } from "../zod-app.js";

/** Most events of one request. */
export const batchMax = 1_000;
/** Longest wait that a caller may ask for, in milliseconds. */
export const waitMaxMs = 30_000;

const single = "application/cloudevents+json";
const batch = "application/cloudevents-batch+json";
const plain = "application/json";

const waitSchema = z
  .string()
  .regex(/^\d{1,5}m?s$/, { error: "must be a number of seconds or milliseconds, such as 5s or 500ms" })
  .transform((text) => (text.endsWith("ms") ? Number(text.slice(0, -2)) : Number(text.slice(0, -1)) * 1_000))
  .refine((milliseconds) => milliseconds <= waitMaxMs, { error: `must be at most ${waitMaxMs / 1_000}s` });

const schema = {
  tags: ["feeds"],
  summary: "Takes one event, or a batch of up to 1,000 (CloudEvents 1.0 in JSON)",
  description:
    "202 says that every event whose result is accepted or duplicate is stored and will take effect. A rejected event is not stored, blocks no other of its batch, and its id may be sent again; a single one answers 422. The same id with the same content is a duplicate.",
  security: [{ feedToken: [] }],
  consumes: [plain, single, batch],
  params: organizationParam.extend({ feed: idParam }),
  querystring: z.strictObject({ wait: waitSchema.optional() }),
  body: z.union([eventSchema, z.array(eventSchema).max(batchMax)]),
  response: {
    202: answers("What became of each event, in the order of the request.", resultsSchema),
    ...problemResponses,
  },
};

/** The body's schema only describes: every event is checked by itself, so that one bad item blocks no other. */
const checkAllButBody: FastifySchemaCompiler<$ZodType> = (part) =>
  part.httpPart === "body" ? (value: unknown) => ({ value }) : validatorCompiler(part);

const essenceOf = (request: FastifyRequest): string =>
  (request.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";

/** The events of a request. Throws `HttpProblem` when body and content type do not agree. */
const itemsOf = (request: FastifyRequest): { readonly items: readonly Json[]; readonly batch: boolean } => {
  const body = request.body as Json;
  const essence = essenceOf(request);
  // Without a content type no parser has run: then there was no body.
  if (essence === "") throw emptyBody();
  if (Array.isArray(body)) {
    if (essence === single)
      throw new HttpProblem("body_not_object", { detail: `${single} is one event; a batch is ${batch}` });
    const items = body as readonly Json[];
    if (items.length > batchMax)
      throw new HttpProblem("batch_too_large", { detail: `send at most ${batchMax} events at once` });
    return { items, batch: true };
  }
  if (essence === batch)
    throw new HttpProblem("body_not_array", {
      detail: `${batch} is a list of events; one event is ${single}`,
    });
  return { items: [body], batch: false };
};

const refuseSingle = (result: FeedResult | undefined): void => {
  if (result?.status !== "rejected") return;
  const { id, problems } = result;
  const [first] = problems;
  throw new HttpProblem("event_rejected", {
    detail: problemText(first),
    code: first.code,
    errors: problemViews(problems),
    extra: { id },
  });
};

const refuseCompressed = (request: FastifyRequest): void => {
  const encoding = request.headers["content-encoding"];
  if (encoding !== undefined && encoding !== "identity")
    throw new HttpProblem("unsupported_media_type", { detail: "send the body without Content-Encoding" });
};

/**
 * The event feed: authenticates before the body is read, stores all good events of a request in one transaction,
 * wakes the dispatcher, and only then answers 202 (promise 1; statements 19 to 21).
 */
export function feedEventRoutes(app: ZodApp, deps: HttpDependencies): void {
  const access = new WeakMap<FastifyRequest, FeedAccess>();
  const closing = new AbortController();
  const now = deps.now ?? Date.now;
  app.addHook("preClose", (done) => {
    closing.abort();
    done();
  });
  app.addHook("onRequest", async (request) => {
    const { organization, feed } = request.params as { readonly organization: string; readonly feed: string };
    access.set(request, await authenticateFeed(deps, request, organization, feed));
    refuseCompressed(request);
  });
  app.setValidatorCompiler(checkAllButBody);
  takeJson(app, [plain, single, batch], true);
  app.post(`${organizationPath}/feeds/:feed/events`, { schema }, async (request, reply) => {
    const { wait } = request.query;
    const granted = access.get(request);
    if (granted === undefined) throw new Error("a request without feed has passed authentication");
    const { items, batch: isBatch } = itemsOf(request);
    if (isBatch && wait !== undefined)
      throw new HttpProblem("wait_single_only", {
        detail: "leave out wait, or send one event as an object",
      });
    const results = await acceptFeedEvents(deps.db, { ...granted, receivedAt: now(), items });
    if (results.some((result) => result.status === "accepted")) deps.onCommitted();
    if (!isBatch) refuseSingle(results[0]);
    const answer = { results: results.map(resultView) };
    void reply.code(202);
    const [first] = results;
    if (wait === undefined || first === undefined) return answer;
    const query = {
      organization: granted.configuration.organization,
      source: granted.feed.source,
      id: first.id ?? "",
    };
    const signal = AbortSignal.any([request.signal, closing.signal, AbortSignal.timeout(wait)]);
    const status = await awaitSettled(deps.db, query, signal);
    return { ...answer, settled: status.settled, connections: accountStatesView(status) };
  });
}
