import { z } from "zod";
import type { Token } from "../access.js";

/** RFC 9457, as the server writes it; members of single routes stay in. */
export const problemSchema = z.looseObject({
  code: z.string(),
  status: z.number(),
  title: z.string(),
  detail: z.string(),
  errors: z.array(z.object({ pointer: z.string(), code: z.string(), detail: z.string() })).optional(),
});
export type ServerProblem = z.infer<typeof problemSchema>;

/** Thrown when the server refused a call and said why: its code, status and sentence, and who asked. */
export class ProblemError extends Error {
  readonly problem: ServerProblem;
  /** The token that was used; its value is never shown. */
  readonly token: Token;
  readonly retryAfterSeconds: number | null;

  constructor(problem: ServerProblem, token: Token, retryAfterSeconds: number | null) {
    super(problem.detail);
    this.name = "ProblemError";
    this.problem = problem;
    this.token = token;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
