import { enterpriseUser } from "../domain/connector-facts.js";
import type { Json, JsonObject } from "../domain/json.js";
import { isJsonObject } from "../domain/json.js";
import { droppedAttributes } from "./user-attributes.js";

/** Most registers that one event may write. */
export const registersMax = 1_000;

const managerKey = "manager";

const put = (into: Record<string, Json>, key: string, value: Json): void => {
  if (!isJsonObject(value)) {
    into[key] = value;
    return;
  }
  for (const [name, item] of Object.entries(value)) into[`${key}/${name}`] = item;
};

const putBlock = (into: Record<string, Json>, urn: string, block: JsonObject): void => {
  for (const [name, value] of Object.entries(block)) {
    const key = `${urn}/${name}`;
    if (urn === enterpriseUser && name === managerKey && typeof value === "string")
      into[`${key}/value`] = value;
    else put(into, key, value);
  }
};

/**
 * The registers that a checked user writes (see src/domain/user.ts): every simple attribute, every sub-attribute of
 * a complex one, every list as a whole. Null clears: a register, or with the key of a parent everything below it.
 * A manager given as text is the manager's id. Passwords never come through (statement 36).
 */
export function userRegisters(user: JsonObject): Readonly<Record<string, Json>> {
  const registers: Record<string, Json> = {};
  for (const [name, value] of Object.entries(user)) {
    if (droppedAttributes.has(name)) continue;
    if (name.startsWith("urn:") && isJsonObject(value)) putBlock(registers, name, value);
    else put(registers, name, value);
  }
  return registers;
}
