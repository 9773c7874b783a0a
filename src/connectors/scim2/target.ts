import type { JsonObject } from "../../domain/json.js";
import type { CallContext } from "../connector.js";
import type { HttpClient } from "../http-client.js";
import type { HttpReply } from "../http-reply.js";
import type { HttpRequest } from "../http-send.js";
import type { Dialect } from "./dialects.js";

/** One open connection to a SCIM server. */
export interface Target {
  readonly client: HttpClient;
  readonly dialect: Dialect;
}

/** Sends one request, with the resource as its body, in the media types of the dialect. */
export function send(
  target: Target,
  request: HttpRequest & { readonly resource?: JsonObject },
  context: CallContext,
): Promise<HttpReply> {
  const { resource, headers, ...rest } = request;
  const body = { contentType: target.dialect.contentType, text: JSON.stringify(resource) };
  const accept = "application/scim+json, application/json";
  const written = resource === undefined ? {} : { body };
  return target.client.request({ ...rest, ...written, headers: { accept, ...headers } }, context);
}
