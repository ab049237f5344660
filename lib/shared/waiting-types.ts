/** What a waiting step waits for from outside. */
export interface WaitingFor {
  /** The link that completes the step, for those who may act on runs. */
  callbackUrl: string | null;
  approval: { id: string; message: string; assignees: string[] } | null;
  /** Of a step that polls, once it has. */
  polls: { made: number; failed: number } | null;
}
