import { lookup as resolve } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

/** Special-purpose IPv4 networks (IANA registry), and one cloud metadata address outside of them. */
const privateIpv4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "168.63.129.16/32",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
] as const;

/** Special-purpose IPv6 networks. IPv4-mapped addresses are matched by the IPv4 list. */
const privateIpv6 = [
  "::/96",
  "64:ff9b:1::/48",
  "100::/64",
  "2001::/23",
  "2001:db8::/32",
  "2002::/16",
  "3fff::/20",
  "5f00::/16",
  "fc00::/7",
  "fe80::/10",
  "fec0::/10",
  "ff00::/8",
] as const;

/** Raised when egress to an address is refused, before any connection; the HTTP client makes a code of it. */
export class EgressDenied extends Error {
  constructor() {
    super("egress to this address is not allowed");
    this.name = "EgressDenied";
  }
}

/** Decides which addresses may be called. */
export interface EgressGuard {
  /**
   * Refuses what can be refused before a name is resolved: a scheme other than http and https, credentials in
   * the URL, and a host that is a forbidden literal address (for which no look-up is ever made).
   *
   * @throws EgressDenied
   */
  check(url: URL): void;
  /**
   * A look-up for sockets: resolves all addresses of a name and hands on only those that are allowed, so there
   * is no second resolution that could answer otherwise. Fails with {@link EgressDenied} when none is left.
   */
  lookup(protocol: string): LookupFunction;
}

function addNetwork(list: BlockList, network: string): void {
  const [address = "", prefix = ""] = network.split("/");
  const family = isIP(address);
  const longest = family === 4 ? 32 : 128;
  if (family === 0 || !/^\d{1,3}$/.test(prefix) || Number(prefix) > longest) {
    throw new RangeError(`not a network in CIDR notation: ${network}`);
  }
  list.addSubnet(address, Number(prefix), family === 4 ? "ipv4" : "ipv6");
}

function privateNetworks(): BlockList {
  const list = new BlockList();
  for (const network of [...privateIpv4, ...privateIpv6]) addNetwork(list, network);
  // A private IPv4 address behind the translation prefix of RFC 6052 is reached through a NAT64 gateway.
  for (const network of privateIpv4) {
    const [address = "", prefix = ""] = network.split("/");
    list.addSubnet(`64:ff9b::${address}`, 96 + Number(prefix), "ipv6");
  }
  return list;
}

function contains(list: BlockList, address: string): boolean {
  return list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

/**
 * Builds the guard. Public addresses are allowed over https only; private, loopback, link-local, metadata and
 * other special-purpose addresses only inside `allowPrivate`, there over http too.
 *
 * @param allowPrivate `network.allowPrivate`, as CIDR blocks.
 * @throws RangeError when a block is malformed.
 */
export function createEgressGuard(allowPrivate: readonly string[]): EgressGuard {
  const forbidden = privateNetworks();
  const allowed = new BlockList();
  for (const network of allowPrivate) addNetwork(allowed, network);

  const permits = (protocol: string, address: string): boolean => {
    const bare = address.replace(/%.*$/, "");
    return contains(forbidden, bare) ? contains(allowed, bare) : protocol === "https:";
  };
  return {
    check(url) {
      const scheme = url.protocol === "https:" || url.protocol === "http:";
      if (!scheme || url.username !== "" || url.password !== "") throw new EgressDenied();
      const host = url.hostname.replace(/^\[|\]$/g, "");
      if (isIP(host) !== 0 && !permits(url.protocol, host)) throw new EgressDenied();
    },
    lookup(protocol) {
      return (hostname, options, callback) => {
        resolve(hostname, { ...options, all: true }, (error, addresses) => {
          if (error !== null) {
            callback(error, []);
            return;
          }
          const permitted = addresses.filter(({ address }) => permits(protocol, address));
          const [first] = permitted;
          if (first === undefined) callback(new EgressDenied(), []);
          else if (options.all === true) callback(null, permitted);
          else callback(null, first.address, first.family);
        });
      };
    },
  };
}
