import { describe, expect, it } from "@jest/globals";
import { createEgressGuard, EgressDenied, type EgressGuard } from "../../src/connectors/egress-guard.js";

const guard = createEgressGuard([]);
const loopback = createEgressGuard(["127.0.0.0/8"]);

/** What the guard makes of a host, as a socket would ask: literal check first, then the look-up. */
async function reach(asked: EgressGuard, url: string): Promise<readonly string[]> {
  const parsed = new URL(url);
  asked.check(parsed);
  return new Promise((resolve, reject) => {
    asked.lookup(parsed.protocol)(parsed.hostname, { all: true }, (error, found) => {
      if (error === null) resolve(Array.isArray(found) ? found.map(({ address }) => address) : [found]);
      else reject(error);
    });
  });
}

describe("the egress guard", () => {
  it.each([
    "127.0.0.1",
    "2130706433",
    "0x7f.1",
    "127.1",
    "0",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:a00:1]",
    "[64:ff9b::10.0.0.1]",
    "[2002:7f00:1::]",
    "[fe80::1]",
    "[fd00:ec2::254]",
    "10.1.2.3",
    "100.100.100.200",
    "168.63.129.16",
    "169.254.169.254",
    "172.31.255.255",
    "192.168.0.1",
    "224.0.0.1",
    "255.255.255.255",
  ])("refuses the literal address %s without a look-up", (host) => {
    expect(() => {
      guard.check(new URL(`https://${host}/scim/v2`));
    }).toThrow(EgressDenied);
  });

  it.each(["8.8.8.8", "172.32.0.1", "[2606:4700::1111]", "[64:ff9b::8.8.8.8]", "example.com"])(
    "lets https to %s pass",
    (host) => {
      expect(() => {
        guard.check(new URL(`https://${host}/scim/v2`));
      }).not.toThrow();
    },
  );

  it.each(["http://8.8.8.8/", "ftp://8.8.8.8/", "https://user@8.8.8.8/", "https://:secret@8.8.8.8/"])(
    "refuses %s: plain http to a public address, another scheme, credentials in the URL",
    (url) => {
      expect(() => {
        guard.check(new URL(url));
      }).toThrow(EgressDenied);
    },
  );

  it("refuses a name that leads to loopback only", async () => {
    await expect(reach(guard, "https://localhost/")).rejects.toBeInstanceOf(EgressDenied);
  });

  it("hands on the allowed addresses of a name and drops the others", async () => {
    expect(await reach(loopback, "https://localhost/")).toEqual(["127.0.0.1"]);
    expect(await reach(loopback, "http://localhost/")).toEqual(["127.0.0.1"]);
  });

  it("answers a look-up for one address as well", async () => {
    const found = await new Promise<unknown>((resolve) => {
      loopback.lookup("https:")("localhost", {}, (error, address, family) => {
        resolve([error, address, family]);
      });
    });
    expect(found).toEqual([null, "127.0.0.1", 4]);
  });

  it("passes on that a name does not exist, which is no refusal", async () => {
    const error: unknown = await reach(guard, "https://no-such-host.invalid/").catch(
      (raised: unknown) => raised,
    );
    expect(error).not.toBeInstanceOf(EgressDenied);
    expect(error).toHaveProperty("code");
  });

  it("allows private addresses inside the configured networks only, mapped ones too, also over http", () => {
    const allowed = createEgressGuard(["10.0.0.0/8", "fd12::/16"]);
    for (const host of ["10.9.9.9", "[::ffff:10.9.9.9]", "[fd12::5]"]) {
      expect(() => {
        allowed.check(new URL(`http://${host}/`));
      }).not.toThrow();
    }
    for (const host of ["127.0.0.1", "[fd13::5]", "192.168.1.1"]) {
      expect(() => {
        allowed.check(new URL(`https://${host}/`));
      }).toThrow(EgressDenied);
    }
  });

  it("does not open plain http to public addresses, whatever is allowed", () => {
    const all = createEgressGuard(["0.0.0.0/0"]);
    expect(() => {
      all.check(new URL("http://8.8.8.8/"));
    }).toThrow(EgressDenied);
  });

  it.each(["10.0.0.0", "10.0.0.0/33", "10.0.0.0/x", "acme.example/8", ""])(
    "does not take %j for a network",
    (text) => {
      expect(() => createEgressGuard([text])).toThrow(RangeError);
    },
  );
});
