import { configurationSchema } from "./configuration-schema.js";
import { inputSchema } from "./known-keys.js";

/**
 * The JSON Schema (draft 2020-12) of `outbound.yaml` as it is written, for editors: every property described,
 * unknown keys refused. References between parts, and the connectors' settings, are checked by
 * `parseConfiguration` only.
 */
export function configurationJsonSchema(): Readonly<Record<string, unknown>> {
  return { ...inputSchema(configurationSchema), title: "outbound.yaml" };
}
