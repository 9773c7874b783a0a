import { PGlite } from "@electric-sql/pglite";
import { openPglite } from "../../src/store/database.js";
import { migrateToLatest } from "../../src/store/migrate.js";
import { cachedFile } from "./content-cache.js";

/**
 * A migrated, empty PGlite as one file: loading it takes a third of a second, a fresh one some times that.
 *
 * @returns the path of the file.
 */
export async function makePgliteDump(directory: string): Promise<string> {
  const sources = ["src/store/migrate.ts", "src/store/migrations", "package-lock.json"];
  return cachedFile({ directory, kind: "pglite", extension: "tar", sources }, async () => {
    const pglite = await PGlite.create();
    const db = openPglite(pglite);
    try {
      await migrateToLatest(db);
      const dump = await pglite.dumpDataDir("none");
      return new Uint8Array(await dump.arrayBuffer());
    } finally {
      await db.destroy();
    }
  });
}
