import type { FastifyRequest } from "fastify";
import { HttpProblem } from "./problem.js";

/** Header with the person behind an admin request. */
export const authorHeader = "x-outbound-author";

/** Who asks, as the header says; `admin` without one. Throws `HttpProblem` `invalid_author`. */
export function authorOf(request: FastifyRequest): string {
  const given = request.headers[authorHeader];
  if (given === undefined) return "admin";
  if (typeof given === "string" && /^[\x21-\x7e](?:[\x20-\x7e]{0,126}[\x21-\x7e])?$/.test(given))
    return given;
  throw new HttpProblem("invalid_author", {
    detail: `${authorHeader} must be 1 to 128 printable ASCII characters`,
  });
}
