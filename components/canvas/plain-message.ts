const rewrites: [RegExp, string][] = [
  [/^Too big: expected \w+ to be <=?\s*(\S+)$/, "must be at most $1"],
  [/^Too small: expected \w+ to be >\s*([^=\s]+)$/, "must be more than $1"],
  [/^Too small: expected \w+ to be >=\s*(\S+)$/, "must be at least $1"],
  [/^Too small: expected string to have >=1 characters$/, "must not be empty"],
  [/^Too big: expected string to have <=(\d+) characters$/, "must have at most $1 characters"],
  [/^Too small: expected array to have >=(\d+) items?$/, "needs at least $1"],
  [/^Too big: expected array to have <=(\d+) items?$/, "may hold at most $1"],
  [/^Invalid input: expected int, received number$/, "must be a whole number"],
  [/^Invalid input: expected (?:number|int), received .*$/, "must be a number"],
  [/^Invalid input: expected string, received undefined$/, "is missing"],
  [/^Invalid input: expected (\w+), received undefined$/, "is missing"],
  [/^Invalid input: expected (\w+), received (\w+)$/, "must be $1, not $2"],
  [/^Invalid option: expected one of (.*)$/, "must be one of $1"],
];

/** The words of a schema library as a person would say them; any other message stays as it is. */
export function plainMessage(message: string): string {
  const found = rewrites.find(([pattern]) => pattern.test(message));
  return found === undefined ? message : message.replace(found[0], found[1]);
}
