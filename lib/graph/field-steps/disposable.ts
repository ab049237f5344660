import mailchecker from "mailchecker";

const domains = mailchecker.blacklist();

/** Whether the domain of an address, or one it lies in, hands out throw-away mailboxes. */
export function isDisposable(address: string): boolean {
  const labels = address.slice(address.lastIndexOf("@") + 1).split(".");
  return labels.some((_, i) => domains.has(labels.slice(i).join(".")));
}
