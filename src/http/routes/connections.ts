import { z } from "zod";
import type { Connection } from "../../domain/configuration.js";
import type { ConnectionCounts } from "../../store/connection-counts.js";
import { countByConnection, noAccounts } from "../../store/connection-counts.js";
import type { ConnectionStateRecord } from "../../store/connection-states.js";
import {
  listConnectionStates,
  readConnectionStanding,
  setConnectionState,
} from "../../store/connection-states.js";
import { time } from "../account-view.js";
import { authorOf } from "../author.js";
import type { HttpDependencies } from "../dependencies.js";
import { findRevision } from "../find-user.js";
import { HttpProblem } from "../problem.js";
import { idParam, organizationParam, organizationPath, reason } from "../requests.js";
import type { ZodApp } from "../zod-app.js";
import { answers, problemResponses } from "../zod-app.js";

const tags = ["connections"];
const security = [{ adminToken: [] }];
const params = organizationParam.extend({ connection: idParam });
const stateSchema = z.enum(["active", "paused", "quarantined"]);

const connectionSchema = z.object({
  connection: z.string(),
  connector: z.enum(["scim2", "google-workspace", "salesforce"]).nullable(),
  configured: z.boolean(),
  enabled: z.boolean(),
  state: stateSchema,
  code: z.string().nullable(),
  reason: z.string().nullable(),
  author: z.string().nullable(),
  changedAt: time.nullable(),
  guard: z.object({ latched: z.boolean(), latchedAt: time.nullable(), openHolds: z.int() }),
  accounts: z.object({
    pending: z.int(),
    settled: z.int(),
    failing: z.int(),
    held: z.int(),
    parked: z.int(),
    removed: z.int(),
  }),
});

const connectionView = (
  id: string,
  connection: Connection | undefined,
  state: ConnectionStateRecord | undefined,
  counts: ConnectionCounts,
): z.output<typeof connectionSchema> => {
  const latchedAt = state?.guardLatchedAt?.toISOString() ?? null;
  return {
    connection: id,
    connector: connection?.connector ?? null,
    configured: connection !== undefined,
    enabled: connection?.enabled ?? false,
    state: state?.state ?? "active",
    code: state?.code ?? null,
    reason: state?.reason ?? null,
    author: state?.author ?? null,
    changedAt: state?.changedAt.toISOString() ?? null,
    guard: { latched: latchedAt !== null, latchedAt, openHolds: counts.openHolds },
    accounts: { ...counts.accounts },
  };
};

/** Configured connections in their order, then those that only have accounts left. */
const overview = async (
  deps: HttpDependencies,
  organization: string,
): Promise<z.output<typeof connectionSchema>[]> => {
  const { configuration } = await findRevision(deps.db, organization);
  const configured = new Map(configuration.connections.map((one) => [one.id, one]));
  const counts = await countByConnection(deps.db, organization);
  const states = new Map(
    (await listConnectionStates(deps.db, organization)).map((one) => [one.connection, one]),
  );
  const orphaned = [...counts.keys()].filter((id) => !configured.has(id)).sort();
  return [...configured.keys(), ...orphaned].map((id) =>
    connectionView(id, configured.get(id), states.get(id), counts.get(id) ?? noAccounts),
  );
};

const requireConfigured = async (deps: HttpDependencies, organization: string, id: string): Promise<void> => {
  const { configuration } = await findRevision(deps.db, organization);
  if (!configuration.connections.some((one) => one.id === id))
    throw new HttpProblem("unknown_connection", { detail: "the configuration has no connection of this id" });
};

const listRoute = (app: ZodApp, deps: HttpDependencies): void => {
  app.get(
    `${organizationPath}/connections`,
    {
      schema: {
        tags,
        security,
        summary: "Lists connections with their state, their guard and their accounts",
        params: organizationParam,
        response: {
          200: answers("All of them.", z.object({ items: z.array(connectionSchema), nextCursor: z.null() })),
          ...problemResponses,
        },
      },
    },
    async (request) => ({ items: await overview(deps, request.params.organization), nextCursor: null }),
  );
};

const switchRoute = (
  app: ZodApp,
  deps: HttpDependencies,
  verb: "pause" | "resume",
  summary: string,
): void => {
  const state = verb === "pause" ? "paused" : "active";
  app.post(
    `${organizationPath}/connections/:connection/${verb}`,
    {
      schema: {
        tags,
        security,
        summary,
        params,
        body: z.strictObject({ reason }),
        response: {
          200: answers(
            "Its state.",
            z.object({ connection: z.string(), state: stateSchema, changed: z.boolean() }),
          ),
          ...problemResponses,
        },
      },
    },
    async (request) => {
      const { organization, connection } = request.params;
      await requireConfigured(deps, organization, connection);
      const author = authorOf(request);
      const changed = await setConnectionState(deps.db, organization, connection, {
        state,
        reason: request.body.reason,
        author,
      });
      if (changed) request.log.info({ organization, connection, state, author }, "connection state set");
      const standing = await readConnectionStanding(deps.db, organization, connection);
      return { connection, state: standing.state, changed };
    },
  );
};

const testRoute = (app: ZodApp, deps: HttpDependencies): void => {
  app.post(
    `${organizationPath}/connections/:connection/test`,
    {
      schema: {
        tags,
        security,
        summary: "Tries a connection's credentials with a harmless read",
        params,
        response: {
          200: answers(
            "What came of it.",
            z.object({ connection: z.string(), ok: z.boolean(), code: z.string().nullable() }),
          ),
          ...problemResponses,
        },
      },
    },
    async ({ params: { organization, connection } }) => {
      await requireConfigured(deps, organization, connection);
      const { ok, code } = await deps.testConnection(organization, connection);
      return { connection, ok, code };
    },
  );
};

/** Connections: how they are, pause and resume, try. */
export function connectionRoutes(app: ZodApp, deps: HttpDependencies): void {
  listRoute(app, deps);
  switchRoute(app, deps, "pause", "Pauses a connection: no attempts; what is decided meanwhile waits");
  switchRoute(app, deps, "resume", "Takes up a paused or quarantined connection");
  testRoute(app, deps);
}
