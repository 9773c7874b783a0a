import { z } from "zod";
import { listOrganizations } from "../../store/configurations.js";
import type { HttpDependencies } from "../dependencies.js";
import type { ZodApp } from "../zod-app.js";
import { answers, problemResponses } from "../zod-app.js";

const listSchema = z.object({ items: z.array(z.object({ id: z.string() })), nextCursor: z.null() });

/** The organizations that have a configuration: the command line takes the only one as its default. */
export function organizationRoutes(app: ZodApp, deps: HttpDependencies): void {
  app.get(
    "/v1/organizations",
    {
      schema: {
        tags: ["configuration"],
        summary: "Organizations that have a configuration",
        security: [{ adminToken: [] }],
        response: { 200: answers("In order of id.", listSchema), ...problemResponses },
      },
    },
    async () => {
      const ids = await listOrganizations(deps.db);
      return { items: ids.map((id) => ({ id })), nextCursor: null };
    },
  );
}
