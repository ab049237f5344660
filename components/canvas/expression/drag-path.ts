/** What a row of the data tree carries while it is dragged: its path, without braces. */
export const pathMime = "application/x-sluice-path";
