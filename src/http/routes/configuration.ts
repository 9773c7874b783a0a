import type { FastifyRequest } from "fastify";
import { z } from "zod";
import type { Problem } from "../../config/problem.js";
import type { Configuration } from "../../domain/configuration.js";
import type { Json } from "../../domain/json.js";
import { isStorable, unstorableAt } from "../../feeds/storable-text.js";
import { applyConfiguration } from "../../store/apply-configuration.js";
import { listRevisions } from "../../store/configurations.js";
import { time } from "../account-view.js";
import { authorOf } from "../author.js";
import type { HttpDependencies } from "../dependencies.js";
import { takeText } from "../json-body.js";
import { HttpProblem } from "../problem.js";
import { organizationParam, organizationPath } from "../requests.js";
import type { ZodApp } from "../zod-app.js";
import { answers, problemResponses } from "../zod-app.js";

const tags = ["configuration"];
const security = [{ adminToken: [] }];
const contentTypes = ["text/yaml", "application/yaml", "application/json", "text/plain"];

const problemSchema = z.object({
  code: z.string(),
  line: z.int().nullable(),
  column: z.int().nullable(),
  path: z.string(),
  message: z.string(),
});

const appliedSchema = z.object({
  revision: z.int(),
  changed: z.boolean().describe("False when the newest revision says the same."),
  warnings: z.array(problemSchema),
  woken: z.int().describe("Users that will be looked at again."),
});

const revisionSchema = z.object({
  revision: z.int(),
  origin: z.enum(["file", "api"]),
  author: z.string(),
  createdAt: time,
  hash: z.string(),
  current: z.boolean(),
});

const invalid = (problems: readonly Problem[]): HttpProblem => {
  const [first] = problems;
  const where = typeof first?.line === "number" ? `line ${first.line}: ` : "";
  const detail = `${problems.length} problem(s), the first: ${where}${first?.path ?? ""} ${first?.message ?? ""}`;
  return new HttpProblem("invalid_configuration", { detail, extra: { problems } });
};

const unstorable: Problem = {
  code: "invalid_text",
  line: null,
  column: null,
  path: "",
  message: "must not hold NUL or half of a surrogate pair",
};

interface Parsed {
  readonly text: string;
  readonly configuration: Configuration;
  readonly warnings: readonly Problem[];
}

const parse = (deps: HttpDependencies, request: FastifyRequest, organization: string): Parsed => {
  const text = typeof request.body === "string" ? request.body : "";
  if (!isStorable(text)) throw invalid([unstorable]);
  const result = deps.parseConfiguration(text);
  if (!result.ok) throw invalid(result.problems);
  const { configuration, warnings } = result;
  if (unstorableAt(configuration as unknown as Json) !== null) throw invalid([unstorable]);
  if (configuration.organization !== organization)
    throw new HttpProblem("organization_mismatch", {
      detail: `the document is of organization ${configuration.organization}, the address of ${organization}`,
    });
  return { text, configuration, warnings };
};

const applyRoute = (app: ZodApp, deps: HttpDependencies): void => {
  app.put(
    `${organizationPath}/configuration`,
    {
      schema: {
        tags,
        security,
        summary: "Puts a configuration into effect, as the next revision",
        description:
          "The body is the document itself, YAML or JSON. Connections that vanish while they have accounts need ?orphans=keep.",
        consumes: contentTypes,
        params: organizationParam,
        querystring: z.strictObject({ orphans: z.literal("keep").optional() }),
        body: z.string(),
        response: { 200: answers("It is in effect.", appliedSchema), ...problemResponses },
      },
    },
    async (request) => {
      const { organization } = request.params;
      const author = authorOf(request);
      const { text, configuration, warnings } = parse(deps, request, organization);
      const orphans = request.query.orphans ?? "refuse";
      const onWoken = deps.onCommitted;
      const applied = await applyConfiguration(deps.db, {
        configuration,
        text,
        origin: "api",
        author,
        orphans,
        onWoken,
      });
      if (applied.kind === "orphans") {
        const { connections } = applied;
        const detail = `these have accounts: ${connections.join(", ")}; keep them in the document, or say ?orphans=keep`;
        throw new HttpProblem("orphans", { detail, extra: { connections } });
      }
      const { revision, changed, woken } = applied;
      request.log.info({ organization, revision, changed, author }, "configuration applied");
      return { revision, changed, warnings: [...warnings], woken };
    },
  );
};

const revisionsRoute = (app: ZodApp, deps: HttpDependencies): void => {
  app.get(
    `${organizationPath}/configuration/revisions`,
    {
      schema: {
        tags,
        security,
        summary: "Lists the newest revisions, newest first",
        params: organizationParam,
        response: {
          200: answers("At most 50.", z.object({ items: z.array(revisionSchema), nextCursor: z.null() })),
          ...problemResponses,
        },
      },
    },
    async ({ params }) => {
      const revisions = await listRevisions(deps.db, params.organization);
      const items = revisions.map((one, at) => ({
        ...one,
        createdAt: one.createdAt.toISOString(),
        current: at === 0,
      }));
      return { items, nextCursor: null };
    },
  );
};

/** Configuration as code: apply, and what was applied before. */
export function configurationRoutes(app: ZodApp, deps: HttpDependencies): void {
  takeText(app, contentTypes);
  applyRoute(app, deps);
  revisionsRoute(app, deps);
}
