import { createTransport } from "nodemailer";
import { NodeError } from "#lib/nodes/runner.ts";
import { toError } from "#lib/shared/errors.ts";

/** A mail in plain text. */
export interface Mail {
  to: string[];
  subject: string;
  text: string;
}

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

/** The way out for mails; null where none is set. A password goes only over TLS, or to this machine. */
export function createMail({ smtpUrl, smtpFrom }: MailSettings): SendMail | null {
  if (smtpUrl === null || smtpFrom === null) return null;
  const { protocol, hostname, port, username, password } = new URL(smtpUrl);
  const secure = protocol === "smtps:";
  const server = {
    host: hostname.replace(/^\[|\]$/g, ""),
    port: Number(port) || (secure ? tlsPort : submissionPort),
    secure,
    requireTLS: username !== "" && !localHosts.includes(hostname),
    ...(username === "" ? {} : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    // What a mail says is text, never a file or an address to read it from.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
  return async ({ to, subject, text }, timeoutMs) => {
    const patience = { connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs };
    const transport = createTransport({ ...server, ...patience });
    try {
      // Nobody's absence notice should answer.
      const headers = { "Auto-Submitted": "auto-generated" };
      const { response, rejected } = await transport.sendMail({ from: smtpFrom, to, subject, text, headers });
      // Those who got it would get it again if this were a failure.
      return rejected.length === 0 ? response : `${response}; it refused ${rejected.join(", ")}`;
    } catch (error) {
      throw toNodeError(toError(error));
    } finally {
      transport.close();
    }
  };
}

/** What the server refused is no matter of time, unless it says so (RFC 5321: 4yz). */
function toNodeError(error: Error): NodeError {
  const code = "code" in error ? error.code : undefined;
  const status = "responseCode" in error && typeof error.responseCode === "number" ? error.responseCode : null;
  const message = `the mail server: ${error.message}`;
  if (code === "EAUTH") return new NodeError("auth", "mail_auth", message);
  if (code === "ETLS")
    return new NodeError("permanent", "mail_insecure", `${message}. A password is sent over TLS only: use smtps:// in SMTP_URL`);
  return status !== null && status >= 500
    ? new NodeError("permanent", "mail_refused", message)
    : new NodeError("unavailable", "mail_failed", message);
}
