import { z } from "zod";
import { maskAttributes } from "../../domain/mask.js";
import { viewUser } from "../../domain/user.js";
import { readAccounts } from "../../store/accounts.js";
import { findUsersByName, readFacts, readUser } from "../../store/facts.js";
import { provisionUser } from "../../store/resend.js";
import { accountSchema, accountView } from "../account-view.js";
import type { HttpDependencies } from "../dependencies.js";
import { explainUser } from "../explain.js";
import { explanationSchema } from "../explanation-view.js";
import { findRevision, findUser } from "../find-user.js";
import { organizationParam, organizationPath, textParam, userParam } from "../requests.js";
import { userSchema, userView } from "../user-view.js";
import type { ZodApp } from "../zod-app.js";
import { answers, problemResponses } from "../zod-app.js";

const tags = ["users"];
const security = [{ adminToken: [] }];

const detailSchema = userSchema.extend({
  attributes: z.record(z.string(), z.unknown()).describe("Nested; values masked."),
  groups: z.array(z.string()).describe("source:externalId"),
  accounts: z.array(accountSchema),
});

const showUser = async (
  deps: HttpDependencies,
  organization: string,
  reference: string,
): Promise<z.output<typeof detailSchema>> => {
  const user = await findUser(deps.db, organization, reference);
  const { configuration } = await findRevision(deps.db, organization);
  const facts = await readFacts(deps.db, user, configuration);
  const accounts = await readAccounts(deps.db, user.key);
  return {
    ...userView(user),
    attributes: { ...maskAttributes(viewUser(user.state).attributes) },
    groups: [...facts.groups].sort(),
    accounts: [...accounts.values()].map(accountView),
  };
};

const findRoute = (app: ZodApp, deps: HttpDependencies): void => {
  app.get(
    `${organizationPath}/users`,
    {
      schema: {
        tags,
        security,
        summary: "Finds users by user name, whatever its case",
        params: organizationParam,
        querystring: z.strictObject({ userName: textParam(256) }),
        response: {
          200: answers(
            "Those found, at most 20.",
            z.object({ items: z.array(userSchema), nextCursor: z.null() }),
          ),
          ...problemResponses,
        },
      },
    },
    async ({ params, query }) => {
      const users = await findUsersByName(deps.db, params.organization, query.userName);
      return { items: users.map(userView), nextCursor: null };
    },
  );
};

const showRoutes = (app: ZodApp, deps: HttpDependencies): void => {
  app.get(
    `${organizationPath}/users/:user`,
    {
      schema: {
        tags,
        security,
        summary: "Shows a user: existence, enrolments, groups, accounts",
        params: userParam,
        response: { 200: answers("The user.", detailSchema), ...problemResponses },
      },
    },
    ({ params }) => showUser(deps, params.organization, params.user),
  );
  app.get(
    `${organizationPath}/users/:user/explanation`,
    {
      schema: {
        tags,
        security,
        summary:
          "Explains a user: what is decided at every connection and why, what was sent, what comes next",
        params: userParam,
        response: { 200: answers("The explanation.", explanationSchema), ...problemResponses },
      },
    },
    ({ params }) => explainUser(deps, params.organization, params.user),
  );
};

const provisionRoute = (app: ZodApp, deps: HttpDependencies): void => {
  app.post(
    `${organizationPath}/users/:user/provision`,
    {
      schema: {
        tags,
        security,
        summary: "Provisions a user on demand: marks all accounts for another look, ahead of other changes",
        params: userParam,
        response: {
          202: answers("It is under way.", z.object({ user: z.uuid(), version: z.int(), accounts: z.int() })),
          ...problemResponses,
        },
      },
    },
    async ({ params }, reply) => {
      const { key } = await findUser(deps.db, params.organization, params.user);
      const accounts = await provisionUser(deps.db, key);
      deps.onCommitted();
      const user = await readUser(deps.db, key);
      return reply.code(202).send({ user: key, version: user?.version ?? 0, accounts });
    },
  );
};

/** Find, show, explain and provision users. */
export function userRoutes(app: ZodApp, deps: HttpDependencies): void {
  findRoute(app, deps);
  showRoutes(app, deps);
  provisionRoute(app, deps);
}
