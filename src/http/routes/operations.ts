import { z } from "zod";
import type { HttpDependencies } from "../dependencies.js";
import { HttpProblem } from "../problem.js";
import type { ZodApp } from "../zod-app.js";
import { answers, problemResponses } from "../zod-app.js";

const readinessSchema = z.object({
  status: z
    .enum(["ready", "degraded"])
    .describe("degraded: Temporal is away; events are still taken and kept."),
  store: z.boolean(),
  temporal: z.boolean().nullable(),
  outbox: z.object({ waiting: z.int(), oldestMs: z.number() }),
});

const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>outbound</title></head>
<body><h1>outbound</h1><p>The interface is described in <a href="/openapi.json">openapi.json</a> (OpenAPI 3.1).</p></body></html>
`;

const healthOf = async (deps: HttpDependencies) => {
  try {
    return await deps.health();
  } catch {
    return { store: false, temporal: null, outbox: { waiting: 0, oldestMs: 0 } };
  }
};

/** Routes for those who run the process: alive, ready, and what the interface is. Open to everybody. */
export function operationRoutes(app: ZodApp, deps: HttpDependencies): void {
  app.get(
    "/healthz",
    {
      schema: {
        tags: ["operations"],
        summary: "Whether the process is up",
        response: { 200: answers("It is.", z.object({ status: z.literal("ok") })) },
      },
    },
    () => ({ status: "ok" as const }),
  );
  app.get(
    "/readyz",
    {
      schema: {
        tags: ["operations"],
        summary: "Whether requests can be served: they need the store, not Temporal",
        response: { 200: answers("They can.", readinessSchema), ...problemResponses },
      },
    },
    async () => {
      const { store, temporal, outbox } = await healthOf(deps);
      if (!store) {
        const detail = "the store does not answer";
        throw new HttpProblem("store_unavailable", { detail, extra: { store, temporal } });
      }
      return {
        status: temporal === false ? ("degraded" as const) : ("ready" as const),
        store,
        temporal,
        outbox,
      };
    },
  );
  app.get("/openapi.json", { schema: { hide: true } }, (_request, reply) => reply.send(app.swagger()));
  app.get("/docs", { schema: { hide: true } }, (_request, reply) =>
    reply.type("text/html; charset=utf-8").send(page),
  );
}
