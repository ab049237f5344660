import { networkInterfaces } from "node:os";
import ipaddr from "ipaddr.js";

export interface EgressTarget {
  /** A literal address, as resolved or as written in the URL. */
  address: string;
  /** The host as the URL names it, lower case, without brackets. */
  host: string;
  port: number;
}

/** The instance's own door, which stays reachable for the built-in sandbox although it listens on loopback. */
export interface OwnDoor {
  /** The instance's base URL, for example `https://sluice.example.com`. */
  origin: string;
  /** Where the door listens on this machine. */
  host: string;
  port: number;
}

/** What may be reached. Every answer is the reason for a refusal, or null. */
export interface EgressPolicy {
  /** Asked before anything is resolved. */
  refusePort(host: string, port: number): string | null;
  /** Asked for every address a name resolves to, and again for the address a socket ended at. */
  refuseAddress(target: EgressTarget): string | null;
  readonly door: OwnDoor | null;
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = [Address, number];

/** Credentials of the machine itself: no setting opens these. */
const metadataAddresses = [
  "169.254.169.254", // AWS, Azure, Google and most others
  "169.254.170.2", // AWS ECS
  "169.254.170.23", // AWS EKS
  "168.63.129.16", // Azure, although public by number
  "100.100.100.200", // Alibaba
  "192.0.0.192", // Oracle
  "fd00:ec2::254",
  "fd00:ec2::23",
  "fd20:ce::254",
].map((text) => ipaddr.parse(text).toNormalizedString());

/** Deprecated IPv4-compatible form, which ipaddr.js counts as unicast. */
const ipv4Compatible: Range = [ipaddr.parse("::"), 96];

/** Ports of services that speak no HTTP, where a request can still do harm, beside all below 1024 but 80 and 443. */
const refusedPorts = new Set([
  1080, 1433, 1521, 2049, 2375, 2376, 2379, 2380, 3306, 3389, 5432, 5433, 5672, 5900, 5984, 6000, 6379, 6380, 6432, 6665, 6666, 6667, 6668,
  6669, 6697, 9042, 9092, 10250, 11211, 27017, 27018, 50000,
]);

interface AllowEntry {
  name: string | null;
  range: Range | null;
  port: number;
}

/** Reads one `host:port` or `cidr:port` of SLUICE_EGRESS_ALLOW. Throws with the variable's name and the mend. */
export function parseAllowEntry(entry: string): AllowEntry {
  const mend = `SLUICE_EGRESS_ALLOW: "${entry}" is not host:port or cidr:port, such as mail.internal:8025 or 10.0.0.0/8:443`;
  const colon = entry.lastIndexOf(":");
  const port = Number(entry.slice(colon + 1));
  const host = entry.slice(0, colon).replace(/[[\]]/g, "").toLowerCase();
  if (colon < 1 || !Number.isInteger(port) || port < 1 || port > 65_535) throw new Error(mend);
  if (host.includes("/")) {
    if (!ipaddr.isValidCIDR(host)) throw new Error(mend);
    return { name: null, range: ipaddr.parseCIDR(host), port };
  }
  if (ipaddr.isValid(host)) {
    const address = ipaddr.process(host);
    return { name: null, range: [address, address.kind() === "ipv4" ? 32 : 128], port };
  }
  if (!/^[a-z0-9_.-]+$/.test(host)) throw new Error(mend);
  return { name: host, range: null, port };
}

/** The guard of every outgoing call: public unicast addresses and harmless ports, plus what the operator allowed. */
export function createEgressPolicy(options: { allow: string[]; door: OwnDoor | null; ownAddresses?: string[] }): EgressPolicy {
  const allowed = options.allow.map(parseAllowEntry);
  const own = new Set((options.ownAddresses ?? interfaceAddresses()).map(normalize));
  return {
    door: options.door,
    refusePort(host, port) {
      const harmless = port === 80 || port === 443 || (port >= 1024 && !refusedPorts.has(port));
      // A range entry cannot be judged before the name is resolved; the address check follows in any case.
      if (harmless || allowed.some((entry) => entry.port === port && (entry.name === host || entry.range !== null))) return null;
      return `port ${port} is not open for outgoing calls`;
    },
    refuseAddress(target) {
      const parsed = parse(target.address);
      if (parsed === null) return `${target.address} is not an address`;
      if (isMetadata(parsed)) return `${target.address} is a metadata address of the machine`;
      if (allowed.some((entry) => allows(entry, parsed, target))) return null;
      const kind = blockedKind(parsed) ?? (own.has(parsed.toNormalizedString()) ? "this machine's own" : null);
      return kind === null ? null : `${target.address} is not a public address (${kind})`;
    },
  };
}

/** The door as the egress guard of a process on the same machine must dial it. */
export function ownDoor(settings: { baseUrl: string; host: string; port: number }): OwnDoor {
  const wildcard = settings.host === "0.0.0.0" || settings.host === "::";
  return { origin: new URL(settings.baseUrl).origin, host: wildcard ? "127.0.0.1" : settings.host, port: settings.port };
}

function interfaceAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map((entry) => entry.address));
}

/**
 * Mapped IPv6 is judged as the IPv4 it stands for. The old compatible form (`::8.8.8.8`) is not: ipaddr.js reads it as
 * mapped, but a socket would go to the IPv6 address, so it is spelled out first.
 */
function parse(address: string): Address | null {
  const spelled = address.replace(/^::(?=\d+\.)/, "0:0:0:0:0:0:");
  return ipaddr.isValid(spelled) ? ipaddr.process(spelled) : null;
}

function normalize(address: string): string {
  return parse(address)?.toNormalizedString() ?? address;
}

function blockedKind(address: Address): string | null {
  const kind = address.range();
  if (kind !== "unicast") return kind;
  return inRange(address, ipv4Compatible) ? "IPv4-compatible" : null;
}

/** Also looks inside the IPv6 forms that carry an IPv4 address, so that an allowed NAT64 range does not open it. */
function isMetadata(address: Address): boolean {
  if (metadataAddresses.includes(address.toNormalizedString())) return true;
  if (!(address instanceof ipaddr.IPv6)) return false;
  const bytes = address.toByteArray();
  const kind = address.range();
  const embedded = kind === "6to4" ? bytes.slice(2, 6) : kind === "rfc6052" || kind === "rfc6145" ? bytes.slice(12) : null;
  if (embedded === null && !inRange(address, ipv4Compatible)) return false;
  return metadataAddresses.includes((embedded ?? bytes.slice(12)).join("."));
}

function allows(entry: AllowEntry, address: Address, target: EgressTarget): boolean {
  if (entry.port !== target.port) return false;
  return entry.range === null ? entry.name === target.host : inRange(address, entry.range);
}

function inRange(address: Address, [network, bits]: Range): boolean {
  if (address instanceof ipaddr.IPv4) return network instanceof ipaddr.IPv4 && address.match(network, bits);
  return network instanceof ipaddr.IPv6 && address.match(network, bits);
}
