import { z } from "zod";
import { assertNever } from "../../domain/assert-never.js";
import type { Word } from "../../store/answer-holds.js";
import { answerAndWake, answeredKind } from "../../store/answer-holds.js";
import type { HoldRecord, HoldSelection } from "../../store/holds.js";
import { findUnanswerable, listHolds } from "../../store/holds.js";
import type { Db } from "../../store/schema.js";
import { time } from "../account-view.js";
import { authorOf } from "../author.js";
import type { HttpDependencies } from "../dependencies.js";
import { HttpProblem } from "../problem.js";
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
  kind: z.enum(["guard", "partial_failure"]),
  cause: z.enum(["deleted", "out_of_scope", "deselected", "disabled", "compensation", "partial_failure"]),
  reasons: z.array(reasonSchema),
  createdAt: time,
});

const holdView = (hold: HoldRecord): z.output<typeof holdSchema> => ({
  id: hold.id,
  connection: hold.connection,
  user: hold.userKey,
  account: hold.account,
  kind: hold.kind,
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
        summary: "Lists removals and failures that wait for a person's word, oldest first",
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

const verbs = {
  release: ["released", "Lets held removals go on"],
  cancel: ["cancelled", "Leaves the accounts of held removals untouched"],
  retry: ["retried", "Tries once more what failed for good"],
  skip: ["skipped", "Leaves failed accounts parked, and the others of their users as they are"],
  compensate: ["compensated", "Takes back what was done at the other connections of failed accounts"],
} as const satisfies Record<string, readonly [Word["answer"], string]>;

/** Ids that cannot be answered so are refused, all of them: nothing is done by halves. */
const refuseUnanswerable = async (
  db: Db,
  organization: string,
  selection: HoldSelection,
  answer: Word["answer"],
): Promise<void> => {
  if (!("ids" in selection)) return;
  const found = await findUnanswerable(db, organization, selection.ids, answeredKind(answer));
  if (found === null) return;
  const { id, state } = found;
  switch (found.why) {
    case "unknown":
      throw new HttpProblem("unknown_hold", { detail: `no hold has the id ${id}` });
    case "answered":
      throw new HttpProblem("hold_answered", { detail: `hold ${id} is ${String(state)}` });
    case "other_kind": {
      const words = answeredKind(answer) === "guard" ? "retry, skip or compensate" : "release or cancel";
      throw new HttpProblem("hold_kind_mismatch", { detail: `hold ${id} takes ${words}` });
    }
    default:
      assertNever(found.why);
  }
};

const answerRoute = (app: ZodApp, deps: HttpDependencies, verb: keyof typeof verbs): void => {
  const [answer, summary] = verbs[verb];
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
      const author = authorOf(request);
      const word = { answer, author, reason: request.body.reason } as const;
      const selection = selectionOf(request.body);
      await refuseUnanswerable(deps.db, organization, selection, answer);
      const done = await answerAndWake(deps.db, organization, selection, word);
      deps.onCommitted();
      request.log.info({ organization, answer, author, ...done }, "holds answered");
      return reply.code(202).send({ ...done });
    },
  );
};

/** Holds: removals that a person must answer for (promise 9), and failures that lists hold (design, section 6). */
export function holdRoutes(app: ZodApp, deps: HttpDependencies): void {
  listRoute(app, deps);
  for (const verb of ["release", "cancel", "retry", "skip", "compensate"] as const)
    answerRoute(app, deps, verb);
}
