import { z } from "zod";
import { attributePathFault } from "./attribute-paths.js";
import { durationPattern, parseDuration } from "./duration.js";
import { secretReferencePattern } from "./secret-reference.js";

const idPattern = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** An id of an organization, feed, source or connection. Problem `invalid_id`. */
export const idSchema = z
  .string()
  .refine((text) => idPattern.test(text), {
    error: "must be 1 to 63 lower-case letters, digits and hyphens, and must not start with a hyphen",
    params: { code: "invalid_id" },
  })
  .meta({ pattern: idPattern.source });

const applicationPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** An application's id, as the identity provider spells its client ids. Problem `invalid_id`. */
export const applicationIdSchema = z
  .string()
  .refine((text) => applicationPattern.test(text), {
    error:
      "must be 1 to 128 letters, digits, dots, underscores and hyphens, beginning with a letter or digit",
    params: { code: "invalid_id" },
  })
  .meta({ pattern: applicationPattern.source });

/** A duration in ISO 8601, as milliseconds. Problem `invalid_duration`. */
export const durationSchema = z
  .string()
  .meta({ pattern: durationPattern.source, examples: ["PT1H", "P30D"] })
  .transform((text, context) => {
    const ms = parseDuration(text);
    if (ms !== null) return ms;
    context.addIssue({
      code: "custom",
      message:
        "must be an ISO 8601 duration such as PT30M, PT1H or P30D: more than 0, at most P3650D, without years and months",
      params: { code: "invalid_duration" },
    });
    return z.NEVER;
  });

/** A reference to a secret. Problem `secret_not_reference`, which never shows what was written. */
export const secretReferenceSchema = z
  .string()
  .refine((text) => secretReferencePattern.test(text), {
    error:
      "must be a reference to a secret, env:NAME or file:/absolute/path, never the secret itself (if it was a real one, change it)",
    params: { code: "secret_not_reference" },
  })
  .meta({ pattern: secretReferencePattern.source.replaceAll("\\/", "/"), examples: ["env:HR_FEED_TOKEN"] });

const pathSchema = (use: "mapping" | "requested") =>
  z.string().superRefine((text, context) => {
    const fault = attributePathFault(text, use);
    if (fault === null) return;
    context.addIssue({ code: "custom", message: fault, params: { code: "attribute_unknown" } });
  });

/** The source attribute of a mapping rule. Problem `attribute_unknown`. */
export const sourcePathSchema = pathSchema("mapping");

/** An attribute that an application requested, or a parent of several. Problem `attribute_unknown`. */
export const requestedPathSchema = pathSchema("requested");

const cidrSchema = z.union([z.cidrv4(), z.cidrv6()]);

/** A block of addresses. Problem `invalid_cidr`. */
export const networkSchema = z.string().refine((text) => cidrSchema.safeParse(text).success, {
  error: "must be a CIDR block such as 10.0.0.0/8 or fd00::/8",
  params: { code: "invalid_cidr" },
});
