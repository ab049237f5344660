import type { EventView } from "#lib/shared/api-types.ts";

/** A delivery's outcome in plain words, and what somebody can do about it. */
export interface ReasonWords {
  what: string;
  todo: string;
}

const refusals: Record<string, ReasonWords> = {
  signature_invalid: {
    what: "The signature did not match.",
    todo: "Check that the sender and the connection hold the same secret. If you do not know the sender, somebody may have forged it.",
  },
  signature_missing: {
    what: "It was not signed.",
    todo: "Switch signing on at the sender, and check that it sends the header the trigger's verification asks for.",
  },
  signature_malformed: {
    what: "The signature could not be read.",
    todo: "Check that the sender uses the scheme, the algorithm and the encoding of the trigger's verification.",
  },
  secret_missing: {
    what: "There is no secret to check the signature with.",
    todo: "Choose a connection that holds the secret in the trigger's verification, then publish. Until then everything is refused.",
  },
  timestamp_invalid: {
    what: "Its time of signing could not be read.",
    todo: "The sender must give it in whole Unix seconds. Check that it uses the scheme of the trigger's verification.",
  },
  timestamp_outside_tolerance: {
    what: "It was signed too long ago, or in the future.",
    todo: "Check the sender's clock, or raise the clock tolerance of the trigger. An old delivery sent again may be a replay attack.",
  },
  not_verified: {
    what: "It could not be verified.",
    todo: "Check the trigger's verification and the secret at the sender.",
  },
  method_not_allowed: {
    what: "It came with a method the trigger does not take.",
    todo: "Change the method at the sender, or in the trigger's settings.",
  },
  body_too_large: {
    what: "The body was too large.",
    todo: "Let the sender send less, or raise SLUICE_MAX_BODY_BYTES.",
  },
  body_timeout: {
    what: "The body did not arrive in time.",
    todo: "The sender's connection was too slow or broke off. It should send the delivery again.",
  },
  unsupported_media_type: {
    what: "The content type or encoding is not understood.",
    todo: "Let the sender send JSON, a form or text in UTF-8, not compressed, and name its content type.",
  },
  too_deep: {
    what: "The JSON was nested too deeply.",
    todo: "Let the sender send a flatter body.",
  },
  too_many_values: {
    what: "The body held too many values.",
    todo: "Let the sender split it into several deliveries.",
  },
  malformed: {
    what: "The body could not be read.",
    todo: "It broke off, or it is not what its content type says. Check what the sender sends.",
  },
  invalid_text: {
    what: "The body was not valid UTF-8.",
    todo: "Let the sender write its text in UTF-8.",
  },
  dedupe_key: {
    what: "Its duplicate key could not be worked out.",
    todo: "Check the duplicate key in the trigger's settings against what the sender sends.",
  },
  rate_limited: {
    what: "Too many deliveries came in a short time.",
    todo: "A good sender waits and sends again. If so many are expected, raise the trigger's rate limit.",
  },
  poll_failed: {
    what: "The list could not be read, several times in a row.",
    todo: "The error below says why. Mend the request or its connection; it is asked again by itself.",
  },
  paused: {
    what: "The workflow was paused.",
    todo: "Resume the workflow. The sender was told to come back later.",
  },
};

const arrivals: Record<string, ReasonWords> = {
  superseded: {
    what: "A later event took its place.",
    todo: "The workflow debounces what comes fast: one run starts, with the last event. It is the run shown here.",
  },
  batched: {
    what: "It went into a batch.",
    todo: "The run shown here has it among its trigger.items.",
  },
  limit: {
    what: "More came than the workflow lets through.",
    todo: "No run was started; the one shown here is the last that was let through. The limit is in the workflow's settings.",
  },
  singleton: {
    what: "A run of its key was under way.",
    todo: "No second one was started, as the workflow's settings ask. The run shown here is the one that was going.",
  },
};

/** The words of a delivery's outcome and reason. A reason this version does not know is shown as it is. */
export function reasonWords(event: Pick<EventView, "outcome" | "reason">): ReasonWords {
  if (event.outcome === "accepted") {
    if (event.reason !== "newer_event") return { what: "It started a run.", todo: "" };
    return { what: "It started a run, which was canceled for a newer event.", todo: "The workflow's settings ask for that." };
  }
  const swallowed = arrivals[event.outcome] ?? (event.outcome === "dropped" ? arrivals[event.reason ?? ""] : undefined);
  if (swallowed) return swallowed;
  if (event.outcome === "dropped") return { what: `It was dropped: ${event.reason ?? "no reason is known"}.`, todo: "" };
  if (event.outcome === "rejected")
    return refusals[event.reason ?? ""] ?? { what: `It was refused: ${event.reason ?? "no reason is known"}.`, todo: "" };
  if (event.reason === "conflicting_duplicate") {
    return {
      what: "Same key as an earlier delivery, but another body.",
      todo: "No second run was started. If these are two different events, choose a duplicate key that tells them apart.",
    };
  }
  return { what: "Same key as an earlier delivery.", todo: "No second run was started; the sender was told the first one's id." };
}
