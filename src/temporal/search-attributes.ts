import { setTimeout as sleep } from "node:timers/promises";
import type { ConnectionLike } from "@temporalio/client";
import { TemporalServerError } from "./temporal-server-error.js";

/** A custom search attribute: its name and its type, as the Temporal CLI writes them. */
export interface SearchAttribute {
  readonly name: string;
  readonly type: "Keyword" | "KeywordList";
}

/**
 * The search attributes of our workflows. Two of type KeywordList: a namespace on an SQL store has room for three.
 * `OutboundConnections` are those a run works for, `OutboundFailing` those of them that fail at the moment.
 */
export const searchAttributes = [
  { name: "OutboundOrganization", type: "Keyword" },
  { name: "OutboundState", type: "Keyword" },
  { name: "OutboundConnections", type: "KeywordList" },
  { name: "OutboundFailing", type: "KeywordList" },
] as const satisfies readonly SearchAttribute[];

/** The numbers of `temporal.api.enums.v1.IndexedValueType`. */
const typeNumbers = { Keyword: 2, KeywordList: 7 } as const;

/** How long an added attribute may take to be listed by every server of a cluster, in milliseconds. */
const visibleMaxMs = 30_000;

/**
 * Makes sure that the namespace has our search attributes with our types; adds what is missing. May be called
 * again and by many at once.
 *
 * @throws TemporalServerError `search_attribute_type` when one exists with another type: the server would keep it
 *   without a word when it is added again. `search_attributes_missing` when some are missing and the server
 *   refuses to add them (Temporal Cloud, missing rights); the message has the commands to run.
 */
export async function ensureSearchAttributes(
  connection: ConnectionLike,
  namespace: string,
  wanted: readonly SearchAttribute[] = searchAttributes,
): Promise<void> {
  let missing = await missingAttributes(connection, namespace, wanted);
  if (missing.length === 0) return;
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map(({ name, type }) => [name, typeNumbers[type]])),
    });
  } catch (cause) {
    throw missingError(namespace, missing, cause);
  }
  const deadline = performance.now() + visibleMaxMs;
  for (;;) {
    missing = await missingAttributes(connection, namespace, wanted);
    if (missing.length === 0) return;
    if (performance.now() > deadline) throw missingError(namespace, missing);
    await sleep(200);
  }
}

async function missingAttributes(
  connection: ConnectionLike,
  namespace: string,
  wanted: readonly SearchAttribute[],
): Promise<SearchAttribute[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const existing = new Map<string, number>(Object.entries(customAttributes));
  for (const { name, type } of wanted) {
    if (existing.has(name) && existing.get(name) !== typeNumbers[type]) {
      const advice = "Remove it (temporal operator search-attribute remove), or use another namespace.";
      throw new TemporalServerError(
        "search_attribute_type",
        `Search attribute ${name} of namespace ${namespace} is not of type ${type}. ${advice}`,
      );
    }
  }
  return wanted.filter(({ name }) => !existing.has(name));
}

function missingError(
  namespace: string,
  missing: readonly SearchAttribute[],
  cause?: unknown,
): TemporalServerError {
  const commands = missing.map(
    ({ name, type }) =>
      `  temporal operator search-attribute create --namespace ${namespace} --name ${name} --type ${type}`,
  );
  return new TemporalServerError(
    "search_attributes_missing",
    [
      `Namespace ${namespace} lacks search attributes and they could not be added. Add them:`,
      ...commands,
    ].join("\n"),
    { cause },
  );
}
