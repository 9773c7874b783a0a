import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import express, { type ErrorRequestHandler, type Request, type RequestHandler } from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";
import { openUserStore, type StoredUser, type UserStore } from "./user-store.js";

/** A request as the demo target received it, after the credentials were accepted or not. */
export interface DemoRequest {
  readonly method: string;
  /** Path and query below the SCIM root, such as `/Users?count=1`. */
  readonly path: string;
  readonly body: unknown;
}

/**
 * What to do instead of answering: drop the connection before or after the work is done, or answer with a status
 * and do nothing.
 */
export type DemoFault =
  | "drop-before"
  | "drop-after"
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> };

/** How a demo target is started. */
export interface DemoScimTargetOptions {
  /** The bearer token that opens it. */
  readonly token: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Where users are kept so that they survive the process; absent: in memory only. */
  readonly file?: string;
  /** Whether requests are kept for {@link DemoScimTarget.requests}; default false, since it never forgets. */
  readonly record?: boolean;
  /** Asked for each request, for tests of failures. */
  readonly fault?: (request: DemoRequest) => DemoFault | undefined;
}

/** A running demo target. */
export interface DemoScimTarget {
  /** The SCIM root. */
  readonly url: string;
  users(): readonly StoredUser[];
  requests(): readonly DemoRequest[];
  /** Stops listening and ends all connections. */
  close(): Promise<void>;
}

const root = "/scim/v2";

/** The library keeps one set of handlers per process; each request brings the store of the instance it came to. */
function declareUsers(): void {
  const { User } = SCIMMY.Resources;
  if (SCIMMY.Resources.declared(User)) return;
  User.extend(SCIMMY.Schemas.EnterpriseUser, false);
  SCIMMY.Resources.declare(User)
    .ingress((resource, instance, store: UserStore) => {
      const attributes = JSON.parse(JSON.stringify(instance)) as StoredUser;
      const holder = store.named(attributes.userName);
      if (holder !== undefined && holder.id !== resource.id) {
        throw new SCIMMY.Types.Error(409, "uniqueness", "this userName is taken");
      }
      return present(store.save(resource.id, attributes));
    })
    .egress((resource, store: UserStore) => {
      if (resource.id !== undefined) return present(store.get(resource.id));
      const users = [...store.list()];
      return (resource.filter === undefined ? users : resource.filter.match(users)) as never;
    })
    .degress((resource, store: UserStore) => {
      if (!store.delete(resource.id ?? "")) throw new SCIMMY.Types.Error(404, null as never, "no such user");
    });
}

function present(user: StoredUser | undefined): never {
  if (user === undefined) throw new SCIMMY.Types.Error(404, null as never, "no such user");
  return user as never;
}

function injectFault(fault: DemoFault, request: Request, response: express.Response): boolean {
  if (fault === "drop-before") {
    request.socket.destroy();
    return true;
  }
  if (fault === "drop-after") {
    response.end = (): express.Response => {
      request.socket.destroy();
      return response;
    };
    return false;
  }
  response
    .status(fault.status)
    .set(fault.headers ?? {})
    .end();
  return true;
}

function observe(seen: DemoRequest[], options: DemoScimTargetOptions): RequestHandler {
  return (request, response, next) => {
    const path = request.originalUrl.slice(root.length);
    const received: DemoRequest = { method: request.method, path, body: request.body as unknown };
    if (options.record === true) seen.push(received);
    const fault = options.fault?.(received);
    if (fault === undefined || !injectFault(fault, request, response)) next();
  };
}

function scimRouter(store: UserStore, token: string): RequestHandler {
  return new SCIMMYRouters({
    type: "bearer",
    handler: (request) => {
      if (request.header("authorization") !== `Bearer ${token}`) throw new Error("wrong token");
      return "demo";
    },
    context: () => store,
  });
}

/** The library rethrows what it has already answered; nothing is left to do but to stay quiet. */
const swallow: ErrorRequestHandler = (_error, _request, response, _next) => {
  if (!response.headersSent) response.status(500).end();
};

/**
 * Starts a SCIM 2.0 server to try things out with: clearly a demo, no product. Several can run in one process, each
 * with its own users. User names are unique whatever their case.
 */
export async function startDemoScimTarget(options: DemoScimTargetOptions): Promise<DemoScimTarget> {
  declareUsers();
  const store = openUserStore(options.file);
  const seen: DemoRequest[] = [];
  const app = express();
  app.disable("x-powered-by");
  app.use(express.json({ type: ["application/scim+json", "application/json"] }));
  app.use(root, observe(seen, options), scimRouter(store, options.token), swallow);

  const server = createServer(app as never);
  const host = options.host ?? "127.0.0.1";
  server.listen(options.port ?? 0, host);
  await once(server, "listening");
  const origin = `http://${host}:${String((server.address() as AddressInfo).port)}`;
  // Locations come out relative, because the library keeps one base path per process.
  app.set("json replacer", (key: string, value: unknown) =>
    key === "location" && typeof value === "string" && value.startsWith("/") ? `${origin}${value}` : value,
  );
  return {
    url: `${origin}${root}`,
    users: () => store.list(),
    requests: () => [...seen],
    close: () => closeServer(server),
  };
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
