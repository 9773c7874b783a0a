import { randomUUID } from "node:crypto";
import helmet from "@fastify/helmet";
import swagger from "@fastify/swagger";
import underPressure from "@fastify/under-pressure";
import type { FastifyInstance } from "fastify";
import Fastify, { LogController } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import { requireAdmin } from "./authentication.js";
import { answerClientError } from "./client-errors.js";
import type { HttpDependencies } from "./dependencies.js";
import { answerFrameworkError, handleErrors } from "./errors.js";
import { bodyMax, takeJson } from "./json-body.js";
import { pressureLimits } from "./pressure.js";
import { logRequests } from "./request-log.js";
import { accountRoutes } from "./routes/accounts.js";
import { configurationRoutes } from "./routes/configuration.js";
import { connectionRoutes } from "./routes/connections.js";
import { eventStatusRoutes } from "./routes/event-status.js";
import { feedEventRoutes } from "./routes/feed-events.js";
import { holdRoutes } from "./routes/holds.js";
import { operationRoutes } from "./routes/operations.js";
import { organizationRoutes } from "./routes/organizations.js";
import { userRoutes } from "./routes/users.js";
import type { ZodApp } from "./zod-app.js";

const openapi = {
  openapi: "3.1.0",
  info: {
    title: "outbound",
    version: "1",
    description: "Takes events about users and groups, and says what became of them at every connection.",
  },
  components: {
    securitySchemes: {
      feedToken: { type: "http" as const, scheme: "bearer", description: "One of the feed's tokens." },
      adminToken: { type: "http" as const, scheme: "bearer", description: "OUTBOUND_ADMIN_TOKEN." },
    },
  },
};

const createServer = (deps: HttpDependencies): FastifyInstance =>
  Fastify({
    ...(deps.logger === false ? { logger: false } : { loggerInstance: deps.logger }),
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    bodyLimit: bodyMax,
    // Time for a request to arrive; answers may take longer (?wait=).
    requestTimeout: 60_000,
    routerOptions: { maxParamLength: 1_024 },
    // What arrives while the process shuts down is still served: nothing is half accepted.
    return503OnClosing: false,
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: answerClientError,
  });

type Routes = (app: ZodApp, deps: HttpDependencies) => void;

/** Registers routes in a scope of their own: content types and hooks stay there. */
const scope = (
  app: FastifyInstance,
  deps: HttpDependencies,
  routes: readonly Routes[],
  admin: boolean,
): void => {
  void app.register((child, _options, done) => {
    child.setValidatorCompiler(validatorCompiler);
    child.setSerializerCompiler(serializerCompiler);
    if (admin) child.addHook("onRequest", requireAdmin(deps));
    takeJson(child, ["application/json"]);
    for (const add of routes) add(child.withTypeProvider<ZodTypeProvider>(), deps);
    done();
  });
};

/**
 * Builds the HTTP edge (design, section 10): the event feed, control and explanation, operations. Listens nowhere
 * yet; `close()` ends waiting requests and lets the others finish. The caller owns everything in `deps`.
 */
export async function buildApp(deps: HttpDependencies): Promise<FastifyInstance> {
  const app = createServer(deps);
  handleErrors(app, deps.db);
  logRequests(app);
  await app.register(helmet);
  await app.register(underPressure, pressureLimits());
  await app.register(swagger, { openapi, transform: jsonSchemaTransform });
  scope(app, deps, [operationRoutes], false);
  scope(app, deps, [feedEventRoutes], false);
  scope(app, deps, [eventStatusRoutes, userRoutes, accountRoutes, connectionRoutes, holdRoutes], true);
  scope(app, deps, [configurationRoutes, organizationRoutes], true);
  await app.ready();
  return app;
}
