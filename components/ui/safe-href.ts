const schemes = /^(https?|mailto):/i;
/** Ours: a path, or a place on this page. Two slashes, or a slash and a backslash, would lead to another host. */
const own = /^(\/(?![/\\])|#)/;

/** Whether it leads to a page of this origin. */
export function isOwn(href: string): boolean {
  return own.test(href);
}

/** The address of a link that somebody else wrote; nothing when following it could do more than show a page. */
export function safeHref(href: string): string {
  const address = href.trim();
  return schemes.test(address) || isOwn(address) ? address : "";
}
