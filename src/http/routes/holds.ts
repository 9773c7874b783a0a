import { z } from "zod";
import { answerAndWake } from "../../store/answer-holds.js";
import type { HoldRecord, HoldSelection } from "../../store/guard.js";
import { listHolds } from "../../store/guard.js";
import { time } from "../account-view.js";
import { authorOf } from "../author.js";
import type { HttpDependencies } from "../dependencies.js";
import { reasonSchema, reasonView } from "../reason-view.js";
import { idParam, organizationParam, organizationPath, paging, reason, selectedIds } from "../requests.js";
import type { ZodApp } from "../zod-app.js";
import { answers, problemResponses } from "../zod-app.js";

const tags = ["holds"];
const security = [{ adminToken: [] }];

const holdSchema = z.object({
  id: z.uuid(),
  connection: z.string(),
  user: z.uuid(),
  account: z.uuid(),
  cause: z.enum(["deleted", "out_of_scope", "deselected", "disabled"]),
  reasons: z.array(reasonSchema),
  createdAt: time,
});

const holdView = (hold: HoldRecord): z.output<typeof holdSchema> => ({
  id: hold.id,
  connection: hold.connection,
  user: hold.userKey,
  account: hold.account,
  cause: hold.cause,
  reasons: hold.reasons.map(reasonView),
  createdAt: hold.createdAt.toISOString(),
});

const answerSchema = z
  .strictObject({
    reason,
    ids: selectedIds.optional(),
    connection: idParam.optional(),
    all: z.literal(true).optional(),
  })
  .superRefine(({ ids, connection, all }, context) => {
    if ([ids, connection, all].filter((one) => one !== undefined).length !== 1)
      context.addIssue({ code: "custom", message: "name holds in one way: ids, or connection, or all" });
  });

const selectionOf = ({ ids, connection }: z.output<typeof answerSchema>): HoldSelection => {
  if (ids !== undefined) return { ids };
  return connection === undefined ? { all: true } : { connection };
};

const listRoute = (app: ZodApp, deps: HttpDependencies): void => {
  app.get(
    `${organizationPath}/holds`,
    {
      schema: {
        tags,
        security,
        summary: "Lists removals that wait for a person's word, oldest first",
        params: organizationParam,
        querystring: z.strictObject({ connection: idParam.optional(), ...paging }),
        response: {
          200: answers("A page.", z.object({ items: z.array(holdSchema), nextCursor: z.uuid().nullable() })),
          ...problemResponses,
        },
      },
    },
    async ({ params: { organization }, query: { connection, cursor, limit } }) => {
      const holds = await listHolds(deps.db, organization, { connection, after: cursor, limit: limit + 1 });
      const items = holds.slice(0, limit).map(holdView);
      return { items, nextCursor: holds.length > limit ? (items.at(-1)?.id ?? null) : null };
    },
  );
};

const answerRoute = (
  app: ZodApp,
  deps: HttpDependencies,
  verb: "release" | "cancel",
  summary: string,
): void => {
  app.post(
    `${organizationPath}/holds/${verb}`,
    {
      schema: {
        tags,
        security,
        summary,
        params: organizationParam,
        body: answerSchema,
        response: {
          202: answers("The word is kept.", z.object({ holds: z.int(), users: z.int() })),
          ...problemResponses,
        },
      },
    },
    async (request, reply) => {
      const { organization } = request.params;
      const answer = verb === "release" ? "released" : "cancelled";
      const author = authorOf(request);
      const word = { answer, author, reason: request.body.reason } as const;
      const done = await answerAndWake(deps.db, organization, selectionOf(request.body), word);
      deps.onCommitted();
      request.log.info({ organization, answer, author, ...done }, "holds answered");
      return reply.code(202).send({ ...done });
    },
  );
};

/** Holds: removals that a person must answer for (promise 9). */
export function holdRoutes(app: ZodApp, deps: HttpDependencies): void {
  listRoute(app, deps);
  answerRoute(app, deps, "release", "Lets held removals go on");
  answerRoute(app, deps, "cancel", "Leaves the accounts of held removals untouched");
}
