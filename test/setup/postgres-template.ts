import { Client } from "pg";
import { openPostgres } from "../../src/store/database.js";
import { migrateToLatest } from "../../src/store/migrate.js";
import { templateName, withDatabase } from "./databases.js";

/** Makes the migrated, empty database that tests clone; replaces one of an earlier run. */
export async function makePostgresTemplate(adminUrl: string): Promise<void> {
  const admin = new Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    await admin.query(`drop database if exists ${templateName} with (force)`);
    await admin.query(`create database ${templateName}`);
    const db = openPostgres(withDatabase(adminUrl, templateName), 1);
    await migrateToLatest(db).finally(() => db.destroy());
  } finally {
    await admin.end();
  }
}
