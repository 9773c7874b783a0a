import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { stringify } from "yaml";
import { renderProblems } from "../../src/config/render-problems.js";
import { parse, problemsOf } from "./support.js";

const richExample = readFileSync("examples/two-connections.yaml", "utf8");

/** A configuration that is right, as plain values, to be broken in one place. */
const whole = (): Record<string, unknown> => ({
  version: 1,
  organization: "acme",
  provisioners: { onPartialFailure: "hold", connections: [{ connection: "chat", jit: true }] },
  applications: [{ id: "portal", requestedAttributes: ["userName"], provisioners: { connections: [] } }],
  feeds: [
    { id: "hr", kind: "events", source: "hr", application: "portal", tokens: ["env:HR"] },
    { id: "hooks", kind: "wso2-webhook", source: "hr", secrets: ["env:HOOKS"] },
  ],
  connections: [
    {
      id: "chat",
      connector: "scim2",
      settings: {
        baseUrl: "https://a.example",
        auth: { kind: "bearer", token: "env:T" },
        clientId: "client-1",
      },
      groupFilter: ["hr:g"],
      mapping: { userName: { path: "userName" }, title: { value: "x" } },
      deprovision: { deleted: { disable: "now", delete: "P30D" } },
      guard: { window: "PT1H" },
    },
  ],
  network: { allowPrivate: ["10.0.0.0/8"] },
});

type Tree = Record<string | number, unknown>;
type Path = readonly (string | number)[];

const pathsIn = (value: unknown, path: Path = []): readonly Path[] =>
  typeof value === "object" && value !== null
    ? [
        path,
        ...Object.entries(value).flatMap(([key, inner]) =>
          pathsIn(inner, [...path, Array.isArray(value) ? Number(key) : key]),
        ),
      ]
    : [path];

const withValue = (path: Path, value: unknown): unknown => {
  const tree = whole();
  const [last, ...above] = [...path].reverse();
  if (last === undefined) return value;
  const parent = above.reverse().reduce<Tree>((inner, key) => inner[key] as Tree, tree);
  parent[last] = value;
  return tree;
};

const everyPath = pathsIn(whole());

describe("parseConfiguration", () => {
  it("has a whole configuration to start from", () => {
    expect(problemsOf(JSON.stringify(whole()))).toEqual([]);
  });

  const neverThrows = (text: string): void => {
    const result = parse(text);
    if (result.ok) expect(result.configuration.organization).not.toBe("");
    else {
      expect(result.problems.length).toBeGreaterThan(0);
      for (const problem of result.problems) expect(problem.message).not.toBe("");
    }
  };

  it("never throws, whatever text it is given", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), neverThrows), { numRuns: 300 });
    const yamlish = fc.string({
      unit: fc.constantFrom(..."ab:-{}[]&*!|>'\"#%@` \n\t?,~<0".split("")),
      maxLength: 60,
    });
    fc.assert(fc.property(yamlish, neverThrows), { numRuns: 1_000 });
  });

  it("never throws, whatever values it is given", () => {
    fc.assert(fc.property(fc.json({ noUnicodeString: false }), neverThrows), { numRuns: 200 });
    const names = [
      "version",
      "organization",
      "feeds",
      "connections",
      "provisioners",
      "__proto__",
      "constructor",
    ];
    const documents = fc.dictionary(fc.constantFrom(...names), fc.anything({ withBigInt: false }));
    fc.assert(
      fc.property(documents, (value) => {
        neverThrows(stringify(value));
      }),
      { numRuns: 200 },
    );
  });

  it("never throws, whatever stands in place of any one part of a right configuration", () => {
    const names = ["__proto__", "constructor", "toString", "kind", "id", "path", "delete", "disable"];
    const broken = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(fc.constantFrom(...names), fc.jsonValue()),
      fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY),
    );
    fc.assert(
      fc.property(fc.constantFrom(...everyPath), broken, (path, value) => {
        neverThrows(stringify(withValue(path, value)));
      }),
      { numRuns: 500 },
    );
  });

  it("never throws, wherever a text is cut off or has a character replaced", () => {
    const at = fc.nat({ max: richExample.length - 1 });
    fc.assert(
      fc.property(
        at,
        fc.constantFrom("", ":", "-", "[", "{", "&", "*", "\t", "\n", "'", "#"),
        (index, character) => {
          neverThrows(richExample.slice(0, index));
          neverThrows(richExample.slice(0, index) + character + richExample.slice(index + 1));
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe("a secret in place of a reference", () => {
  const references = everyPath.filter((path) =>
    /tokens|secrets|token/.test(String(path.at(-2)) + String(path.at(-1))),
  );
  const leaf = references.filter((path) => path.at(-1) === "token" || typeof path.at(-1) === "number");
  const alphabet = "abcXYZ0189-_.~+/=:!@#$%&*'\"\\ ";
  const secrets = fc.string({ unit: fc.constantFrom(...alphabet.split("")), minLength: 12, maxLength: 40 });

  const showsNothing = (text: string, secret: string): void => {
    const result = parse(text);
    if (result.ok) return;
    const said = JSON.stringify(result.problems) + renderProblems(result.problems, "outbound.yaml");
    expect(said.includes(secret) || said.includes(JSON.stringify(secret).slice(1, -1))).toBe(false);
  };

  it("has places to stand in: tokens, signing secrets, and the settings of a connector", () => {
    expect(leaf.map((path) => path.join("."))).toEqual([
      "feeds.0.tokens.0",
      "feeds.1.secrets.0",
      "connections.0.settings.auth.token",
    ]);
  });

  it("is refused and not shown, as a quoted value", () => {
    fc.assert(
      fc.property(fc.constantFrom(...leaf), secrets, (path, secret) => {
        const text = JSON.stringify(withValue(path, secret));
        expect(parse(text).ok).toBe(false);
        showsNothing(text, secret);
      }),
      { numRuns: 300 },
    );
  });

  it("is not shown when it is pasted without quotes, so that it may even break the syntax", () => {
    fc.assert(
      fc.property(secrets, (secret) => {
        for (const line of [`tokens: [${secret}]`, `tokens:\n      - ${secret}`, `tokens: ${secret}`]) {
          const feed = `feeds:\n  - id: hr\n    kind: events\n    source: hr\n    ${line}\n`;
          showsNothing(`version: 1\norganization: acme\n${feed}`, secret.trim());
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each(["{ kind: bearer, token:hunter2hunter2 }", "{ kind: bearer, hunter2hunter2 }", "hunter2hunter2"])(
    "is not shown when it ends up as a key or as the whole block: %s",
    (auth) => {
      const text = `version: 1\norganization: acme\nconnections:\n  - id: a\n    connector: scim2\n    settings: { baseUrl: "https://a.example", auth: ${auth} }\n`;
      expect(parse(text).ok).toBe(false);
      showsNothing(text, "hunter2hunter2");
    },
  );

  it("is not shown by a connector's schema whose message repeats the value", () => {
    const text = JSON.stringify(withValue(["connections", 0, "settings", "clientId"], "hunter2hunter2"));
    expect(problemsOf(text).map((problem) => problem.path)).toEqual(["connections[0].settings.clientId"]);
    showsNothing(text, "hunter2hunter2");
  });
});
