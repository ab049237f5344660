import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { AppError } from "#lib/shared/errors.ts";
import { type Command, printResult, requiredFlag, UsageError } from "./command.ts";
import { main, runCommand } from "./sluice.ts";

let out = "";
let err = "";
beforeEach(() => {
  out = "";
  err = "";
  vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    out += chunk;
    return true;
  });
  vi.spyOn(process.stderr, "write").mockImplementation((chunk) => {
    err += chunk;
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

function commandThat(run: Command["run"]): Command {
  return { summary: "Does a thing", usage: ["--name N"], options: { name: { type: "string" } }, run };
}

test("a command gets its flags and what else was said, and its exit code is the result", async () => {
  const command = commandThat((input) => {
    printResult(input, { name: input.flags.name }, `hello ${input.flags.name} and ${input.positionals.join("+")}`);
    return Promise.resolve(0);
  });
  expect(await runCommand("greet", command, ["--name", "Ada", "x", "y"])).toBe(0);
  expect(out).toBe("hello Ada and x+y\n");
});

test("--json prints the result as JSON", async () => {
  const command = commandThat((input) => {
    printResult(input, { name: input.flags.name }, "text");
    return Promise.resolve(0);
  });
  expect(await runCommand("greet", command, ["--json", "--name", "Ada"])).toBe(0);
  expect(JSON.parse(out)).toEqual({ name: "Ada" });
});

test("--help shows how to call the command and runs nothing", async () => {
  const run = vi.fn();
  expect(await runCommand("greet", commandThat(run), ["--help"])).toBe(0);
  expect(out).toContain("usage: sluice greet --name N");
  expect(run).not.toHaveBeenCalled();
});

test.each([[["--nmae", "Ada"]], [["--name"]]])("flags that make no sense (%j) end with 2 and the usage", async (args) => {
  expect(await runCommand("greet", commandThat(vi.fn()), args)).toBe(2);
  expect(err).toContain("usage: sluice greet --name N");
});

test("a missing flag ends with 2, also when the command finds out itself", async () => {
  const command = commandThat((input) => Promise.resolve(requiredFlag(input, "name").length));
  expect(await runCommand("greet", command, [])).toBe(2);
  expect(err).toContain("--name is missing");
  expect(
    await runCommand(
      "greet",
      commandThat(() => Promise.reject(new UsageError("no"))),
      [],
    ),
  ).toBe(2);
});

test("a failure ends with 1 and says why; with --json also as JSON with code and problems", async () => {
  const problems = [{ path: "nodes.0", message: "no trigger" }];
  const command = commandThat(() => Promise.reject(new AppError("not_publishable", "cannot publish", { problems })));
  expect(await runCommand("greet", command, ["--json"])).toBe(1);
  expect(JSON.parse(out)).toEqual({ error: { code: "not_publishable", message: "cannot publish", problems } });
  expect(err).toContain("nodes.0: no trigger");
});

test("an unknown command ends with 2 and shows those there are", async () => {
  expect(await main(["strat"])).toBe(2);
  expect(err).toContain('there is no command "strat"');
  expect(err).toMatch(/^ {2}start +Start everything/m);
});

test("--help lists the commands; nothing at all is wrong usage", async () => {
  expect(await main(["--help"])).toBe(0);
  expect(out).toMatch(/^ {2}migrate +/m);
  expect(await main([])).toBe(2);
});
