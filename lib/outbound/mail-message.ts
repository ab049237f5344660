/** A mail in plain text. */
export interface Mail {
  to: string[];
  subject: string;
  text: string;
}

const maxLine = 76;
/** So that an encoded word keeps below the 75 characters RFC 2047 allows it. */
const wordBytes = 42;

/**
 * Writes a mail as RFC 5322 wants it. The body is base64: no line of it is too long, begins with a dot, or holds more than ASCII.
 * Whatever could start a header of its own is refused.
 */
export function writeMail(mail: Mail, given: { from: string; id: string; at: Date }): string {
  const host = addressOf(given.from).split("@").at(-1) ?? "localhost";
  const headers = [
    ["From", given.from],
    ["To", mail.to.join(", ")],
    ["Subject", encodeWords(mail.subject)],
    ["Date", given.at.toUTCString().replace("GMT", "+0000")],
    ["Message-ID", `<${given.id}@${host}>`],
    ["MIME-Version", "1.0"],
    ["Content-Type", "text/plain; charset=utf-8"],
    ["Content-Transfer-Encoding", "base64"],
    // Nobody's absence notice should answer.
    ["Auto-Submitted", "auto-generated"],
  ];
  const broken = headers.find(([, value]) => /[\0\r\n]/.test((value ?? "").replaceAll("\r\n ", "")));
  if (broken) throw new Error(`the header ${broken[0]} of a mail holds a line break`);
  const body =
    Buffer.from(mail.text.replaceAll(/\r?\n/g, "\r\n"))
      .toString("base64")
      .match(/.{1,76}/g) ?? [];
  return [...headers.map(([name, value]) => `${name}: ${value}`), "", ...body, ""].join("\r\n");
}

/** The bare address of `Sluice <sluice@example.com>`. */
export function addressOf(mailbox: string): string {
  return /<([^<>\s]+)>\s*$/.exec(mailbox)?.[1] ?? mailbox.trim();
}

/** A header's text: as it is when it is short ASCII, else as encoded words (RFC 2047), cut between characters. */
function encodeWords(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text) && text.length < maxLine - "Subject: ".length) return text;
  const words: string[] = [];
  let word = "";
  for (const character of text) {
    if (Buffer.byteLength(word + character) > wordBytes) {
      words.push(word);
      word = "";
    }
    word += character;
  }
  words.push(word);
  return words.map((part) => `=?utf-8?B?${Buffer.from(part).toString("base64")}?=`).join("\r\n ");
}
