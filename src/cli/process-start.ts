import { readProcessEnvironment } from "./access.js";
import type { ProcessStart } from "./composition.js";
import type { CliIo } from "./io.js";

/** The environment as process commands hand it on; surprises go to stderr. Throws `invalid_variable`. */
export function processStart(io: CliIo): ProcessStart {
  const environment = readProcessEnvironment(io.env, (line) => {
    io.stderr.write(`${line}\n`);
  });
  return { environment, env: { ...io.env } };
}
