import { z } from "zod";
import { listAccounts } from "../../store/accounts.js";
import { resendAccounts } from "../../store/resend.js";
import { accountSchema, accountView } from "../account-view.js";
import { authorOf } from "../author.js";
import type { HttpDependencies } from "../dependencies.js";
import {
  accountState,
  errorCode,
  idParam,
  organizationParam,
  organizationPath,
  paging,
  reason,
  selectedIds,
} from "../requests.js";
import type { ZodApp } from "../zod-app.js";
import { answers, problemResponses } from "../zod-app.js";

const tags = ["accounts"];
const security = [{ adminToken: [] }];

const filters = {
  connection: idParam.optional(),
  state: accountState.optional(),
  code: errorCode.optional(),
};

const resendSchema = z
  .strictObject({ reason, ids: selectedIds.optional(), all: z.literal(true).optional(), ...filters })
  .superRefine(({ ids, all, connection, state, code }, context) => {
    const filtered = connection !== undefined || state !== undefined || code !== undefined;
    const ways = [ids !== undefined, all !== undefined, filtered].filter(Boolean).length;
    if (ways !== 1)
      context.addIssue({
        code: "custom",
        message: "name accounts in one way: ids, or all, or connection, state and code",
      });
  });

const listRoute = (app: ZodApp, deps: HttpDependencies): void => {
  app.get(
    `${organizationPath}/accounts`,
    {
      schema: {
        tags,
        security,
        summary: "Lists accounts by connection, state and error",
        params: organizationParam,
        querystring: z.strictObject({ ...filters, ...paging }),
        response: {
          200: answers(
            "A page.",
            z.object({ items: z.array(accountSchema), nextCursor: z.uuid().nullable() }),
          ),
          ...problemResponses,
        },
      },
    },
    async ({ params, query: { cursor, limit, ...filter } }) => {
      const query = { organization: params.organization, ...filter, after: cursor, limit: limit + 1 };
      const accounts = await listAccounts(deps.db, query);
      const items = accounts.slice(0, limit).map(accountView);
      return { items, nextCursor: accounts.length > limit ? (items.at(-1)?.id ?? null) : null };
    },
  );
};

const resendRoute = (app: ZodApp, deps: HttpDependencies): void => {
  app.post(
    `${organizationPath}/accounts/resend`,
    {
      schema: {
        tags,
        security,
        summary:
          "Sends accounts again: takes up what is parked, cancelled or in doubt, ahead of other changes",
        params: organizationParam,
        body: resendSchema,
        response: {
          202: answers("They are under way.", z.object({ accounts: z.int(), users: z.int() })),
          ...problemResponses,
        },
      },
    },
    async (request, reply) => {
      const { organization } = request.params;
      const { ids, connection, state, code } = request.body;
      const author = authorOf(request);
      const done = await resendAccounts(
        deps.db,
        organization,
        { ids, connection, state, code },
        deps.onCommitted,
      );
      request.log.info({ organization, author, ...done }, "accounts resent");
      return reply.code(202).send({ ...done });
    },
  );
};

/** Accounts by state and error, and sending them again (statement 29). */
export function accountRoutes(app: ZodApp, deps: HttpDependencies): void {
  listRoute(app, deps);
  resendRoute(app, deps);
}
