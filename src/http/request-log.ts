import type { FastifyInstance } from "fastify";

/**
 * Logs every answered request: method, route pattern, status and duration, nothing else. The address itself is left
 * out, since its path and query hold ids and names of people.
 */
export function logRequests(app: FastifyInstance): void {
  app.addHook("onResponse", (request, reply, done) => {
    const route = request.routeOptions.url ?? "unmatched";
    const { method } = request;
    request.log.info(
      { method, route, status: reply.statusCode, durationMs: Math.round(reply.elapsedTime) },
      "request",
    );
    done();
  });
}
