#!/usr/bin/env node
// No static import here: on an older Node the message must come before a module fails to load.
const nodeMajorMin = 24;
const lingerMaxMs = 5_000;

const start = async (): Promise<number> => {
  const { run } = await import("./run.js");
  const { stdout, stderr, stdin, env, argv } = process;
  // A reader that has seen enough (`| head`) is no failure.
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  return run(argv.slice(2), { stdout, stderr, stdin, env });
};

if (Number.parseInt(process.versions.node, 10) < nodeMajorMin) {
  process.stderr.write(
    `node_too_old: outbound needs Node.js ${String(nodeMajorMin)} or later and this is ${process.versions.node}: ` +
      "install it, or run `npm run -s outbound -- COMMAND` in a checkout, which brings its own.\n",
  );
  process.exitCode = 2;
} else {
  process.exitCode = await start();
  // A handle that a library left open must not keep a process alive that was asked to end.
  setTimeout(() => process.exit(), lingerMaxMs).unref();
}
