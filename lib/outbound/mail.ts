import { connect as connectTcp, type Socket } from "node:net";
import { createInterface, type Interface } from "node:readline";
import { connect as connectTls } from "node:tls";
import { NodeError } from "#lib/nodes/runner.ts";
import { toError } from "#lib/shared/errors.ts";
import { newId } from "#lib/shared/ids.ts";
import { addressOf, type Mail, writeMail } from "./mail-message.ts";

/** Hands a mail to a mail server and answers with what that said last. Throws a NodeError when it was not taken. */
export type SendMail = (mail: Mail, timeoutMs: number) => Promise<string>;

/** Where mails go: SMTP_URL and SMTP_FROM, which the operator sets. So its host is called wherever it lies. */
export interface MailSettings {
  smtpUrl: string | null;
  smtpFrom: string | null;
}

const submissionPort = 587;
const tlsPort = 465;
const localHosts = ["localhost", "127.0.0.1", "[::1]"];

/** The way out for mails; null where none is set. */
export function createMail({ smtpUrl, smtpFrom }: MailSettings): SendMail | null {
  if (smtpUrl === null || smtpFrom === null) return null;
  const url = new URL(smtpUrl);
  return async (mail, timeoutMs) => {
    const talk = new SmtpTalk(url, timeoutMs);
    try {
      return await talk.send(mail, smtpFrom);
    } catch (error) {
      throw error instanceof NodeError ? error : new NodeError("unavailable", "mail_failed", `the mail server: ${toError(error).message}`);
    } finally {
      talk.end();
    }
  };
}

/** One conversation with a mail server (RFC 5321), with STARTTLS where it is offered and AUTH PLAIN where the URL names somebody. */
class SmtpTalk {
  readonly #url: URL;
  readonly #timer: NodeJS.Timeout;
  #socket: Socket;
  #lines: Interface;
  #replies: AsyncIterator<string>;
  #isSecure: boolean;

  constructor(url: URL, timeoutMs: number) {
    this.#url = url;
    this.#isSecure = url.protocol === "smtps:";
    const port = Number(url.port) || (this.#isSecure ? tlsPort : submissionPort);
    const host = url.hostname.replace(/^\[|\]$/g, "");
    this.#socket = this.#isSecure ? connectTls({ host, port, servername: host }) : connectTcp({ host, port });
    this.#lines = createInterface({ input: this.#socket });
    this.#replies = this.#lines[Symbol.asyncIterator]();
    this.#watch();
    this.#timer = setTimeout(() => this.#socket.destroy(new Error(`it did not answer within ${timeoutMs / 1_000} s`)), timeoutMs);
  }

  async send(mail: Mail, from: string): Promise<string> {
    await this.#reply(220);
    let offers = await this.#hello();
    if (!this.#isSecure && /^STARTTLS$/im.test(offers)) {
      await this.#say("STARTTLS", 220);
      this.#secure();
      offers = await this.#hello();
    }
    await this.#signIn(offers);
    await this.#say(`MAIL FROM:<${addressOf(from)}>`, 250);
    for (const to of mail.to) await this.#say(`RCPT TO:<${addressOf(to)}>`, 250);
    await this.#say("DATA", 354);
    const taken = await this.#say(`${writeMail(mail, { from, id: newId(), at: new Date() })}\r\n.`, 250);
    this.#socket.write("QUIT\r\n");
    return taken;
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#lines.close();
    this.#socket.end();
    this.#socket.unref();
  }

  #hello(): Promise<string> {
    return this.#say("EHLO sluice", 250);
  }

  async #signIn(offers: string): Promise<void> {
    const { username, password, hostname } = this.#url;
    if (username === "") return;
    if (!this.#isSecure && !localHosts.includes(hostname)) {
      throw new NodeError(
        "permanent",
        "mail_insecure",
        "the mail server offers no TLS, so the password is not sent: use smtps:// in SMTP_URL",
      );
    }
    if (!/^AUTH .*PLAIN/im.test(offers)) throw new NodeError("auth", "mail_auth", "the mail server offers no AUTH PLAIN");
    const secret = Buffer.from(`\0${decodeURIComponent(username)}\0${decodeURIComponent(password)}`).toString("base64");
    await this.#say(`AUTH PLAIN ${secret}`, 235);
  }

  async #say(line: string, wanted: number): Promise<string> {
    this.#socket.write(`${line}\r\n`);
    return this.#reply(wanted);
  }

  /** The texts of a reply of one or several lines. Throws what the server said when it is another than was wanted. */
  async #reply(wanted: number): Promise<string> {
    const texts: string[] = [];
    for (;;) {
      const { value, done } = await this.#replies.next();
      if (done) throw this.#socket.errored ?? new Error("it closed the connection");
      const [, code = "", more = "", text = ""] = /^(\d{3})([ -]?)(.*)$/.exec(value) ?? [];
      texts.push(text);
      if (more === "-") continue;
      if (Number(code) === wanted) return texts.join("\n");
      throw new NodeError("permanent", "mail_refused", `the mail server refused: ${code} ${texts.join(" ")}`);
    }
  }

  #secure(): void {
    this.#lines.close();
    this.#socket.removeAllListeners();
    this.#socket = connectTls({ socket: this.#socket, servername: this.#url.hostname });
    this.#lines = createInterface({ input: this.#socket });
    this.#replies = this.#lines[Symbol.asyncIterator]();
    this.#isSecure = true;
    this.#watch();
  }

  /** A readline does not hear of a broken socket: its end is what ends the wait. */
  #watch(): void {
    const lines = this.#lines;
    this.#socket.on("error", () => lines.close());
  }
}
