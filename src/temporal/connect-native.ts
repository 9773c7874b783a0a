import { NativeConnection } from "@temporalio/worker";
import type { TemporalTarget } from "./connect.js";

/**
 * A connection for workers; they take the namespace from the target. Close it after the last worker has ended.
 *
 * @throws when no connection can be made within 10 s.
 */
export async function connectNative(target: TemporalTarget): Promise<NativeConnection> {
  return NativeConnection.connect(target.connection);
}
