import { createHash } from "node:crypto";
import { readFile, readdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** How long a file of other content is kept after its last use, in milliseconds. */
const unusedMaxMs = 3_600_000;

/** Where a made file is kept, and what it is made of. */
export interface CachedFile {
  readonly directory: string;
  /** First part of the file's name. */
  readonly kind: string;
  readonly extension: string;
  /** Files and folders whose content decides whether a kept file still holds. */
  readonly sources: readonly string[];
}

/**
 * Makes a file once for each content of its sources; runs at the same time do not disturb each other.
 *
 * @returns the path of the file.
 */
export async function cachedFile(
  file: CachedFile,
  make: () => Promise<string | Uint8Array>,
): Promise<string> {
  const name = `${file.kind}-${await contentHash(file.sources)}.${file.extension}`;
  const path = join(file.directory, name);
  try {
    await utimes(path, new Date(), new Date());
  } catch {
    const draft = `${path}.${process.pid}`;
    await writeFile(draft, await make());
    await rename(draft, path);
  }
  await removeUnused(file, name);
  return path;
}

async function removeUnused({ directory, kind }: CachedFile, current: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!name.startsWith(`${kind}-`) || name === current) continue;
    const path = join(directory, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
    if (Date.now() - mtimeMs > unusedMaxMs) await rm(path, { force: true });
  }
}

async function contentHash(sources: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const source of sources) {
    for (const path of await filesOf(source)) hash.update(`${path}\0`).update(await readFile(path));
  }
  return hash.digest("hex").slice(0, 16);
}

async function filesOf(source: string): Promise<string[]> {
  if ((await stat(source)).isFile()) return [source];
  const entries = await readdir(source, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
