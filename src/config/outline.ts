import type { Path } from "./problem.js";

/** A text and where it stands. */
export interface Located {
  readonly text: string;
  readonly path: Path;
}

/** A provisioner list, as far as it can be read. */
export interface ListOutline {
  readonly path: Path;
  readonly entries: readonly Located[];
}

/** A feed, as far as it can be read. */
export interface FeedOutline {
  readonly id: Located | null;
  readonly source: string | null;
  readonly application: Located | null;
  readonly tokens: readonly Located[];
}

/** A connection, as far as it can be read. */
export interface ConnectionOutline {
  readonly path: Path;
  readonly id: Located | null;
  readonly connector: string | null;
  readonly enabled: boolean;
  readonly settings: unknown;
  /** Null: no filter, or none that is a list. */
  readonly groupFilter: readonly Located[] | null;
  readonly mapping: Readonly<Record<string, unknown>> | null;
}

/**
 * What a document says of the things that refer to each other, read leniently: parts of the wrong kind are left
 * out, since the schema reports them. So references are checked in the same pass as everything else.
 */
export interface Outline {
  readonly lists: readonly ListOutline[];
  readonly applications: readonly Located[];
  readonly feeds: readonly FeedOutline[];
  readonly connections: readonly ConnectionOutline[];
}

type Fields = Readonly<Record<string, unknown>>;

/** The value as a mapping, or null when it is none. */
export function fieldsOf(value: unknown): Fields | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

const field = (fields: Fields | null, key: string): unknown =>
  fields !== null && Object.hasOwn(fields, key) ? fields[key] : undefined;

const located = (value: unknown, path: Path): Located | null =>
  typeof value === "string" ? { text: value, path } : null;

const locatedField = (fields: Fields | null, key: string, path: Path): Located | null =>
  located(field(fields, key), [...path, key]);

const items = (value: unknown, path: Path): readonly { readonly value: unknown; readonly path: Path }[] =>
  Array.isArray(value) ? value.map((item: unknown, index) => ({ value: item, path: [...path, index] })) : [];

const texts = (value: unknown, path: Path): readonly Located[] =>
  items(value, path).flatMap((item) => located(item.value, item.path) ?? []);

const readList = (value: unknown, path: Path): readonly ListOutline[] => {
  const list = fieldsOf(value);
  if (list === null) return [];
  const entries = items(field(list, "connections"), [...path, "connections"]).flatMap(
    (item) => locatedField(fieldsOf(item.value), "connection", item.path) ?? [],
  );
  return [{ path, entries }];
};

const readFeed = (value: unknown, path: Path): FeedOutline => {
  const feed = fieldsOf(value);
  return {
    id: locatedField(feed, "id", path),
    source: locatedField(feed, "source", path)?.text ?? null,
    application: locatedField(feed, "application", path),
    tokens: texts(field(feed, "tokens"), [...path, "tokens"]),
  };
};

const readConnection = (value: unknown, path: Path): ConnectionOutline => {
  const connection = fieldsOf(value);
  const filter = field(connection, "groupFilter");
  return {
    path,
    id: locatedField(connection, "id", path),
    connector: locatedField(connection, "connector", path)?.text ?? null,
    enabled: field(connection, "enabled") !== false,
    settings: field(connection, "settings") ?? {},
    groupFilter: Array.isArray(filter) ? texts(filter, [...path, "groupFilter"]) : null,
    mapping: fieldsOf(field(connection, "mapping")),
  };
};

/** Reads the outline of a document, whatever it holds. */
export function readOutline(value: unknown): Outline {
  const root = fieldsOf(value);
  const applications = items(field(root, "applications"), ["applications"]);
  return {
    lists: [
      ...readList(field(root, "provisioners"), ["provisioners"]),
      ...applications.flatMap((item) =>
        readList(field(fieldsOf(item.value), "provisioners"), [...item.path, "provisioners"]),
      ),
    ],
    applications: applications.flatMap((item) => locatedField(fieldsOf(item.value), "id", item.path) ?? []),
    feeds: items(field(root, "feeds"), ["feeds"]).map((item) => readFeed(item.value, item.path)),
    connections: items(field(root, "connections"), ["connections"]).map((item) =>
      readConnection(item.value, item.path),
    ),
  };
}

/** The names of the sources that the feeds speak for. */
export function sourceNames(feeds: readonly { readonly source: string | null }[]): readonly string[] {
  return [...new Set(feeds.flatMap((feed) => feed.source ?? []))];
}
