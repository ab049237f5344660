import { createServer, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createMail } from "./mail.ts";
import { writeMail } from "./mail-message.ts";

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

test("a mail is handed over to everybody it is for, by whom the URL names, and the answer is told", async () => {
  const { url, told } = await startServer();
  expect(await sender(`smtp://user%40x:p%20w@${url}`)(mail, 5_000)).toBe("queued as 7");
  expect(told.slice(0, 6)).toEqual([
    "EHLO sluice",
    `AUTH PLAIN ${Buffer.from("\0user@x\0p w").toString("base64")}`,
    "MAIL FROM:<sluice@example.com>",
    "RCPT TO:<ops@example.com>",
    "RCPT TO:<ada@example.com>",
    "DATA",
  ]);
  expect(told).toContain(`Subject: =?utf-8?B?${Buffer.from("New issue: Zürich fails").toString("base64")}?=`);
  const body = told[told.indexOf("") + 1] ?? "";
  expect(Buffer.from(body, "base64").toString()).toBe("first\r\nsecond ✓");
});

test("what the server refuses is told in its words, and a server that is silent or away is a failure in time", async () => {
  const refusing = await startServer({ RCPT: "550 no such user" });
  await expect(sender(`smtp://${refusing.url}`)(mail, 5_000)).rejects.toThrow("the mail server refused: 550 no such user");
  const silent = await startServer({ MAIL: "" });
  await expect(sender(`smtp://${silent.url}`)(mail, 200)).rejects.toThrow("the mail server: it did not answer within 0.2 s");
  await expect(sender("smtp://127.0.0.1:1")(mail, 5_000)).rejects.toThrow("ECONNREFUSED");
});

test("without SMTP_URL there is no way out", () => {
  expect(createMail({ smtpUrl: null, smtpFrom: null })).toBeNull();
});

test("no text becomes a header of its own", () => {
  const given = { from, id: "1", at: new Date(0) };
  expect(() => writeMail({ ...mail, to: ["a@example.com\r\nBcc: b@example.com"] }, given)).toThrow("the header To");
  const written = writeMail({ ...mail, subject: "x\r\nBcc: b@example.com" }, given);
  expect(written).not.toMatch(/^Bcc:/m);
  expect(written).toContain("Date: Thu, 01 Jan 1970 00:00:00 +0000");
  for (const line of writeMail({ ...mail, subject: "ü".repeat(300), text: "y".repeat(5_000) }, given).split("\r\n")) {
    expect(line.length).toBeLessThanOrEqual(78);
  }
});
