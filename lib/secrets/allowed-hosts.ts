/**
 * Whether a connection's credential may go to a host (`URL.host`: lower case, with the port when it is not the usual one).
 *
 * The host of the base URL always may. Further entries name a host, a host with its port, or all hosts below one
 * (`*.example.com`). No entries and no base URL means nowhere: an empty setting must not open everything.
 */
export function mayReceiveCredential(connection: { baseUrl: string | null; allowedHosts: string[] }, host: string): boolean {
  const asked = host.toLowerCase();
  const base = connection.baseUrl === null ? null : URL.parse(connection.baseUrl);
  if (base !== null && base.host !== "" && base.host === asked) return true;
  return connection.allowedHosts.some((entry) => matches(entry.toLowerCase(), asked));
}

function matches(entry: string, host: string): boolean {
  if (!entry.startsWith("*.")) return entry !== "" && entry === host;
  const suffix = entry.slice(1);
  return suffix.length > 2 && host.endsWith(suffix) && host.length > suffix.length;
}
