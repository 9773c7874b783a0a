import { flatten } from "../../src/connectors/scim2/attributes.js";
import { attributeDifference, type AttributeMap } from "../../src/domain/attributes.js";
import type { Json, JsonObject } from "../../src/domain/json.js";
import { connectionWith } from "../support/connections.js";
import type { SeenRequest } from "../support/fault-proxy.js";
import type { ScimTarget } from "../support/scim-targets/scim-target.js";
import type { ConformanceProfile, RunningTarget } from "./profile.js";

const department = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";

const tokenReference = "env:SCIM_TARGET_TOKEN";

async function start(open: () => Promise<ScimTarget>): Promise<RunningTarget> {
  const target = await open();
  return {
    url: target.url,
    secrets: { [tokenReference]: target.token },
    count: async () => (await target.users()).length,
    close: () => target.close(),
  };
}

function attributes(number: number): AttributeMap {
  return {
    userName: `Ada.${String(number)}@acme.example`,
    "name.givenName": "Ada",
    "name.familyName": "Lovelace",
    displayName: "Ada Lovelace",
    title: "Countess",
    emails: [{ value: `ada.${String(number)}@acme.example`, primary: true, type: "work" }],
    [department]: "Analysis",
  };
}

/** What a PUT writes is what differs from the sample that it replaces: the rest is only kept. */
function replacedBy(body: JsonObject): readonly string[] {
  const { schemas: _schemas, externalId, active, ...rest } = body;
  const key = typeof externalId === "string" ? externalId : "";
  const number = Number(/^u-(\d+)/.exec(key)?.[1]);
  const sample = { ...attributes(number), active: true };
  const { set, clear } = attributeDifference({ ...flatten(rest), active: active ?? null }, sample);
  return [...Object.keys(set), ...clear];
}

function writtenBy(request: SeenRequest): readonly string[] {
  const body = request.body as JsonObject;
  if (request.method === "PUT") return replacedBy(body);
  const operations = body["Operations"] as readonly JsonObject[];
  return operations.flatMap(({ path, value }) =>
    typeof path === "string" ? [path] : Object.keys(flatten(value as JsonObject)),
  );
}

/** The profile of a SCIM server: everything but what it is known not to do. */
export function scim2Profile(
  open: () => Promise<ScimTarget>,
  limits: ConformanceProfile["limits"],
  dialect: Json = "rfc",
): ConformanceProfile {
  const auth = { kind: "bearer", token: tokenReference };
  return {
    start: () => start(open),
    connection: (baseUrl) => connectionWith("scim2", { baseUrl, auth, dialect }),
    account: (number) => ({
      externalId: `u-${String(number)}`,
      active: true,
      attributes: attributes(number),
    }),
    changed: { attribute: department, value: "Engines" },
    cleared: "title",
    writtenBy,
    limits,
  };
}
