import { describe, expect, it } from "vitest";
import { createEgressPolicy, ownDoor, parseAllowEntry } from "./egress-policy.ts";

const strict = createEgressPolicy({ allow: [], door: null, ownAddresses: [] });

function refuses(address: string, policy = strict): boolean {
  return policy.refuseAddress({ address, host: "host.example", port: 443 }) !== null;
}

describe("egress policy", () => {
  it.each([
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.1.1",
    "198.18.0.1",
    "192.0.2.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::127.0.0.1",
    "::8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2001:0:1::1",
    "fec0::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd12:3456::1",
    "ff02::1",
    "2001:db8::1",
    "not an address",
    "",
  ])("refuses %s", (address) => {
    expect(refuses(address)).toBe(true);
  });

  it.each(["93.184.216.34", "8.8.8.8", "172.32.0.1", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:8.8.8.8"])(
    "lets %s through",
    (address) => {
      expect(refuses(address)).toBe(false);
    },
  );

  it.each([
    "169.254.169.254",
    "169.254.170.2",
    "100.100.100.200",
    "192.0.0.192",
    "168.63.129.16",
    "fd00:ec2::254",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::",
    "::a9fe:a9fe",
  ])("refuses the metadata address %s whatever is allowed", (address) => {
    const open = createEgressPolicy({ allow: ["0.0.0.0/0:443", "::/0:443", "host.example:443"], door: null, ownAddresses: [] });
    expect(refuses(address, open)).toBe(true);
    expect(refuses("10.1.2.3", open)).toBe(false);
  });

  it("refuses the machine's own addresses, public or not", () => {
    const policy = createEgressPolicy({ allow: [], door: null, ownAddresses: ["93.184.216.34"] });
    expect(refuses("93.184.216.34", policy)).toBe(true);
  });

  it("allows a name, an address or a range for its port only", () => {
    const policy = createEgressPolicy({
      allow: ["mail.internal:8025", "10.0.0.0/8:443", "192.168.7.7:8080", "[fd00::]/8:443"],
      door: null,
    });
    const at = (address: string, host: string, port: number) => policy.refuseAddress({ address, host, port });
    expect(at("192.168.0.5", "mail.internal", 8025)).toBeNull();
    expect(at("192.168.0.5", "mail.internal", 8026)).not.toBeNull();
    expect(at("192.168.0.5", "other.internal", 8025)).not.toBeNull();
    expect(at("10.200.0.1", "any.example", 443)).toBeNull();
    expect(at("10.200.0.1", "any.example", 8443)).not.toBeNull();
    expect(at("192.168.7.7", "192.168.7.7", 8080)).toBeNull();
    expect(at("192.168.7.8", "192.168.7.8", 8080)).not.toBeNull();
    expect(at("fd12::1", "six.example", 443)).toBeNull();
  });

  it("keeps ports of services that are no web servers shut unless one is allowed by name", () => {
    for (const port of [22, 25, 110, 5432, 6379, 11211, 27017]) expect(strict.refusePort("db.example", port)).not.toBeNull();
    for (const port of [80, 443, 3000, 8080, 8443]) expect(strict.refusePort("api.example", port)).toBeNull();
    const open = createEgressPolicy({ allow: ["smtp.internal:25"], door: null });
    expect(open.refusePort("smtp.internal", 25)).toBeNull();
    expect(open.refusePort("other.internal", 25)).not.toBeNull();
  });

  it.each(["", "mail.internal", "mail.internal:0", "mail.internal:99999", ":443", "10.0.0.0/33:443", "a b:80", "http://x:80"])(
    "names the setting and the mend for the entry %j",
    (entry) => {
      expect(() => parseAllowEntry(entry)).toThrow(/^SLUICE_EGRESS_ALLOW: .* is not host:port or cidr:port/);
    },
  );

  it("dials the door on loopback when it listens everywhere", () => {
    expect(ownDoor({ baseUrl: "https://sluice.example", host: "0.0.0.0", port: 3000 })).toEqual({
      origin: "https://sluice.example",
      host: "127.0.0.1",
      port: 3000,
    });
    expect(ownDoor({ baseUrl: "http://localhost:3000", host: "::1", port: 3000 }).host).toBe("::1");
  });
});
