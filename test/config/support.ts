import { z } from "zod";
import type { SettingsSchemas } from "../../src/config/cross-checks.js";
import type { ParseResult } from "../../src/config/parse-configuration.js";
import { parseConfiguration } from "../../src/config/parse-configuration.js";
import type { Problem } from "../../src/config/problem.js";
import { secretReferenceSchema } from "../../src/config/scalars.js";
import type { Configuration } from "../../src/domain/configuration.js";

/** Settings of a connector as its author may write them: strict objects, a union, messages that echo. */
export const settingsSchemas: SettingsSchemas = {
  scim2: z.strictObject({
    baseUrl: z.url(),
    auth: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("bearer"), token: secretReferenceSchema }),
      z.strictObject({ kind: z.literal("basic"), username: z.string(), password: secretReferenceSchema }),
    ]),
    clientId: z
      .string()
      .refine((text) => text.startsWith("client-"), { error: (issue) => `what is ${String(issue.input)}?` })
      .optional(),
  }),
};

/** Parses with those settings schemas. */
export function parse(text: string): ParseResult {
  return parseConfiguration(text, { settingsSchemas });
}

/** The configuration, or a failure that shows what is wrong with the fixture. */
export function configurationOf(text: string): Configuration {
  const result = parse(text);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.configuration;
}

/** The problems; empty when there are none. */
export function problemsOf(text: string): readonly Problem[] {
  const result = parse(text);
  return result.ok ? [] : result.problems;
}

/** A configuration with nothing but what must be there, and more lines after it. */
export function minimal(more = ""): string {
  return `version: 1\norganization: acme\n${more}`;
}

/** A connection that is right, as YAML; `more` are further keys of it, indented by four. */
export function connection(more = ""): string {
  return [
    "connections:",
    "  - id: chat",
    "    connector: scim2",
    "    settings:",
    "      baseUrl: https://chat.acme.example/scim",
    "      auth: { kind: bearer, token: env:CHAT_TOKEN }",
    more,
  ].join("\n");
}

/** One feed with source hr, as YAML. */
export const hrFeed = "feeds:\n  - { id: hr, kind: events, source: hr, tokens: [env:HR_FEED_TOKEN] }\n";

/** A document with the connection `chat` in six lines, all of whose keys but `more` are right. */
export function chat(more: string): string {
  return `version: 1
organization: acme
connections:
  - id: chat
    connector: scim2
    settings: { baseUrl: "https://chat.acme.example/scim", auth: { kind: bearer, token: env:CHAT_TOKEN } }
${more}`;
}
