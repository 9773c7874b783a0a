import { readFile } from "node:fs/promises";
import { CliError } from "./cli-error.js";
import { errorIdentity } from "../domain/error-identity.js";
import type { CliIo } from "./io.js";

const readAll = async (stream: AsyncIterable<string | Uint8Array>): Promise<string> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
  return Buffer.concat(chunks).toString("utf8");
};

/** The text of a file. Rejects with `file_unreadable`. */
export async function readTextFile(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const { code } = errorIdentity(error);
    throw new CliError("file_unreadable", `cannot read ${file} (${code ?? "error"}); check the path`);
  }
}

/** The text of a file, or of stdin for `-`. Rejects with `file_unreadable`. */
export async function readInput(file: string, io: CliIo): Promise<string> {
  return file === "-" ? (io.stdin === undefined ? "" : readAll(io.stdin)) : readTextFile(file);
}
