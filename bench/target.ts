import { createServer } from "node:http";
import { randomUUID } from "node:crypto";
import { text } from "node:stream/consumers";

/**
 * The leanest SCIM target: keeps users by external id and user name in memory. Runs in a process of its own so that
 * its work does not count as ours. Prints its port when it listens.
 */
const byKey = new Map<string, object>();
const list = (found: object | undefined) =>
  JSON.stringify({
    schemas: ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
    totalResults: found ? 1 : 0,
    Resources: found ? [found] : [],
  });

const server = createServer((request, response) => {
  void (async () => {
    response.setHeader("content-type", "application/scim+json");
    // Each connection has a base path of its own, and so its own users.
    const base = request.url?.split("/Users")[0] ?? "";
    if (request.method === "GET") {
      const value = /"([^"]*)"/.exec(decodeURIComponent(request.url ?? ""))?.[1] ?? "";
      response.end(list(byKey.get(`${base}/${value}`)));
      return;
    }
    const body = JSON.parse(await text(request)) as { userName?: string; externalId?: string };
    const user = { ...body, id: randomUUID() };
    byKey.set(`${base}/${body.externalId ?? ""}`, user);
    byKey.set(`${base}/${body.userName ?? ""}`, user);
    response.writeHead(201).end(JSON.stringify(user));
  })();
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.stdout.write(`${String(typeof address === "object" ? address?.port : "")}\n`);
});
process.stdin.on("end", () => process.exit(0)).resume();
