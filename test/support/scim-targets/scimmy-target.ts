import { randomBytes } from "node:crypto";
import { startDemoScimTarget, type DemoFault, type DemoRequest } from "../../../src/demo/scim-target.js";
import type { ScimTarget } from "./scim-target.js";

/** A {@link ScimTarget} that also remembers what it was asked. */
export interface ScimmyTarget extends ScimTarget {
  requests(): readonly DemoRequest[];
}

/** What a test may choose. */
export interface ScimmyTargetOptions {
  readonly token?: string;
  /** Where users are kept beyond the life of the target. */
  readonly file?: string;
  readonly port?: number;
  readonly fault?: (request: DemoRequest) => DemoFault | undefined;
}

/** Starts the SCIMMY server of the demo on a free port, in memory unless a file is given. */
export async function startScimmyTarget(options: ScimmyTargetOptions = {}): Promise<ScimmyTarget> {
  const token = options.token ?? randomBytes(24).toString("hex");
  const target = await startDemoScimTarget({ ...options, token, record: true });
  return {
    url: target.url,
    token,
    users: () => Promise.resolve(target.users()),
    requests: () => target.requests(),
    close: () => target.close(),
  };
}
