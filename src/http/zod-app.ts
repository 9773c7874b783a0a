import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";

/** A scope whose routes have zod schemas. */
export type ZodApp = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** A problem document (RFC 9457). */
const problemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    code: z.string().describe("Stable."),
    errors: z
      .array(
        z.object({ pointer: z.string().describe("JSON pointer."), code: z.string(), detail: z.string() }),
      )
      .optional(),
  })
  .describe("RFC 9457");

const problem = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: problemSchema } },
});

/** What every route may answer beside its own response; for the description of the interface. */
export const problemResponses = {
  "4xx": problem("The request cannot be done as it is."),
  "5xx": problem("Something is wrong here; 503 may be tried again after Retry-After."),
} as const;

/** One successful response, as a route's schema states it. */
export interface JsonResponse<Schema extends z.ZodType> {
  readonly description: string;
  readonly content: { readonly "application/json": { readonly schema: Schema } };
}

/** States one successful response. */
export function answers<Schema extends z.ZodType>(description: string, schema: Schema): JsonResponse<Schema> {
  return { description, content: { "application/json": { schema } } };
}
