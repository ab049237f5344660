const keyOf = (workflowId: string) => `sluice.input.${workflowId}`;

/** The input that a test run in the editor starts with in this browser, as text; null: none was given yet. */
export function lastInput(workflowId: string): string | null {
  try {
    return localStorage.getItem(keyOf(workflowId));
  } catch {
    return null;
  }
}

/** Keeps the input for the next test run. */
export function keepInput(workflowId: string, text: string): void {
  try {
    localStorage.setItem(keyOf(workflowId), text);
  } catch {
    // Without storage the sample is offered again, nothing else is lost.
  }
}
