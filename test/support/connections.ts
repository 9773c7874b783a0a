import type { Connection, ConnectorKind } from "../../src/domain/configuration.js";
import type { JsonObject } from "../../src/domain/json.js";

/** A connection with every default filled in, for tests that care for its connector and settings only. */
export function connectionWith(connector: ConnectorKind, settings: JsonObject): Connection {
  return {
    id: "target",
    connector,
    enabled: true,
    settings,
    groupFilter: null,
    pushGroups: "none",
    mapping: {},
    deprovision: {
      deleted: { kind: "delete" },
      outOfScope: { kind: "disable" },
      disabled: "disable",
      deselected: "keep",
    },
    adopt: "unmanaged",
    guard: { free: 5, percent: 10, ceiling: 200, windowMs: 3_600_000 },
    limits: { requestsPerSecond: null, concurrency: 1 },
    retry: { giveUpAfterMs: 604_800_000 },
  };
}
