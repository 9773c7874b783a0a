import { z } from "zod";
import { readEventStatus } from "../../store/event-status.js";
import type { HttpDependencies } from "../dependencies.js";
import { eventStatusSchema, eventStatusView } from "../event-view.js";
import { HttpProblem } from "../problem.js";
import { externalIdParam, idParam, organizationParam, organizationPath } from "../requests.js";
import type { ZodApp } from "../zod-app.js";
import { answers, problemResponses } from "../zod-app.js";

/** Where an event stands: stored, stale, or settled, with the accounts of its user. */
export function eventStatusRoutes(app: ZodApp, deps: HttpDependencies): void {
  app.get(
    `${organizationPath}/events/:id`,
    {
      schema: {
        tags: ["events"],
        summary: "Where an event stands",
        security: [{ adminToken: [] }],
        params: organizationParam.extend({ id: externalIdParam }),
        querystring: z.strictObject({ source: idParam.optional() }),
        response: { 200: answers("Its status.", eventStatusSchema), ...problemResponses },
      },
    },
    async ({ params: { organization, id }, query: { source } }) => {
      const found = await readEventStatus(deps.db, { organization, id, source });
      const [status] = found;
      if (status === undefined)
        throw new HttpProblem("unknown_event", {
          detail: "no event with this id is stored; a rejected one never is",
        });
      if (found.length > 1) {
        const sources = found.map((one) => one.source);
        throw new HttpProblem("event_ambiguous", {
          detail: `say which: ?source=${sources.join(" or ?source=")}`,
          extra: { sources },
        });
      }
      return eventStatusView(status);
    },
  );
}
