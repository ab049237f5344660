import { createServer, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createMail } from "./mail.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A mail server that answers each line by its first word and keeps what it was told. */
async function startServer(answers: Record<string, string> = {}): Promise<{ url: string; told: string[] }> {
  const told: string[] = [];
  const given: Record<string, string> = {
    EHLO: "250-hello\r\n250 AUTH PLAIN LOGIN",
    AUTH: "235 welcome",
    MAIL: "250 ok",
    RCPT: "250 ok",
    DATA: "354 go on",
    ".": "250 queued as 7",
    QUIT: "221 bye",
    ...answers,
  };
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    socket.write("220 mail.test\r\n");
    let rest = "";
    socket.on("data", (data) => {
      const lines = `${rest}${data}`.split("\r\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        told.push(line);
        const answer = given[line.split(/[ :]/)[0] ?? ""];
        if (answer !== undefined && answer !== "") socket.write(`${answer}\r\n`);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { url: `127.0.0.1:${address.port}`, told };
}

const from = "Sluice <sluice@example.com>";
const mail = { to: ["ops@example.com", "ada@example.com"], subject: "New issue: Zürich fails", text: "first\nsecond ✓" };
const sender = (url: string) => {
  const send = createMail({ smtpUrl: url, smtpFrom: from });
  if (send === null) throw new Error("no way out for mails");
  return send;
};

const said = (told: string[], word: string) => told.filter((line) => line.startsWith(word));

test("a mail is handed over to everybody it is for, by whom the URL names, and the answer is told", async () => {
  const { url, told } = await startServer();
  expect(await sender(`smtp://user%40x:p%20w@${url}`)(mail, 5_000)).toBe("250 queued as 7");
  expect(said(told, "AUTH")).toEqual([`AUTH PLAIN ${Buffer.from("\0user@x\0p w").toString("base64")}`]);
  expect([...said(told, "MAIL"), ...said(told, "RCPT")]).toEqual([
    "MAIL FROM:<sluice@example.com>",
    "RCPT TO:<ops@example.com>",
    "RCPT TO:<ada@example.com>",
  ]);
  expect(said(told, "Subject:")).toEqual(["Subject: =?UTF-8?Q?New_issue=3A_Z=C3=BCrich_fails?="]);
  expect(said(told, "Auto-Submitted")).toEqual(["Auto-Submitted: auto-generated"]);
});

test("what the server refuses is told in its words and not tried again, and a server that is silent or away is a failure in time", async () => {
  const refusing = await startServer({ RCPT: "550 no such user" });
  await expect(sender(`smtp://${refusing.url}`)(mail, 5_000)).rejects.toMatchObject({
    failureClass: "permanent",
    code: "mail_refused",
    message: expect.stringContaining("550 no such user"),
  });
  const busy = await startServer({ MAIL: "451 come back later" });
  await expect(sender(`smtp://${busy.url}`)(mail, 5_000)).rejects.toMatchObject({ failureClass: "unavailable" });
  const silent = await startServer({ MAIL: "" });
  await expect(sender(`smtp://${silent.url}`)(mail, 200)).rejects.toMatchObject({ failureClass: "unavailable" });
  await expect(sender("smtp://127.0.0.1:1")(mail, 5_000)).rejects.toThrow("ECONNREFUSED");
});

test("without SMTP_URL there is no way out", () => {
  expect(createMail({ smtpUrl: null, smtpFrom: null })).toBeNull();
});

test("no text becomes a header of its own", async () => {
  const { url, told } = await startServer();
  await sender(`smtp://${url}`)({ ...mail, subject: "x\r\nBcc: b@example.com" }, 5_000);
  expect(said(told, "Bcc")).toEqual([]);
});
