"use client";

import { useState } from "react";
import { api } from "#components/api/client.ts";
import { Button } from "#components/ui/button.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorLine } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { toast } from "#components/ui/toast.tsx";
import { type AlertChannelMade, type AlertChannelView, type ChannelKind, type ChannelTest, channelKinds } from "#lib/shared/alert-types.ts";
import { ChannelTestResult } from "./channel-test.tsx";
import { useAlertMutation } from "./queries.ts";
import { channelKindWords } from "./words.ts";

interface ChannelDialogProps {
  /** Null: a new one. */
  channel: AlertChannelView | null;
  onClose: () => void;
}

interface Save {
  andTest: boolean;
  newSigningKey: boolean;
}

interface Saved {
  channel: AlertChannelMade;
  test: ChannelTest | null;
}

const placeholders: Record<ChannelKind, string> = {
  webhook: "https://example.com/alerts",
  slack: "https://hooks.slack.com/services/…",
  email: "ops@example.com",
};

/** Makes or changes a channel. Its address is write-only: what is stored shows its host, and can be replaced. */
export function ChannelDialog({ channel: opened, onClose }: ChannelDialogProps) {
  // After the first save of a new one the dialog goes on with what was made.
  const [channel, setChannel] = useState<AlertChannelView | null>(opened);
  const [name, setName] = useState(opened?.name ?? "");
  const [kind, setKind] = useState<ChannelKind>(opened?.kind ?? "webhook");
  const [address, setAddress] = useState("");
  const [key, setKey] = useState<string | null>(null);
  const save = useAlertMutation(async ({ andTest, newSigningKey }: Save): Promise<Saved> => {
    const input = { name: name.trim(), ...addressInput(kind, address), ...(newSigningKey ? { newSigningKey } : {}) };
    const saved = channel
      ? await api.patch<AlertChannelMade>(`/channels/${channel.id}`, input)
      : await api.post<AlertChannelMade>("/channels", { kind, ...input });
    setChannel(saved);
    setAddress("");
    if (saved.signingKey !== null) setKey(saved.signingKey);
    return { channel: saved, test: andTest ? await api.post<ChannelTest>(`/channels/${saved.id}/test`) : null };
  });
  const submit = (andTest: boolean, newSigningKey = false) =>
    save.mutate(
      { andTest, newSigningKey },
      {
        onSuccess: (saved) => {
          if (andTest || saved.channel.signingKey !== null) return;
          toast.success(`${saved.channel.name} saved`);
          onClose();
        },
      },
    );
  const problem = name.trim() === "" ? "Give it a name" : channel === null && address.trim() === "" ? "Say where it leads" : null;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width="md"
      required={key !== null}
      title={channel ? channel.name : "New channel"}
      description="Where people listen. Messages say what broke, where, how often, and link to the inbox; never payloads or secrets."
      footer={
        <Footer
          isMade={key !== null}
          saving={save.isPending ? (save.variables.andTest ? "test" : "save") : null}
          problem={problem}
          onClose={onClose}
          onSave={submit}
        />
      }
    >
      <div className="flex flex-col gap-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Name">
            <Input
              value={name}
              maxLength={120}
              autoComplete="off"
              placeholder="On call"
              onChange={(event) => setName(event.target.value)}
            />
          </Field>
          <Field label="Kind" help={channelKindWords[kind].help}>
            <Select
              options={channelKinds.map((value) => ({ value, label: channelKindWords[value].label }))}
              value={kind}
              onValueChange={setKind}
              disabled={channel !== null}
            />
          </Field>
        </div>
        <AddressField kind={kind} stored={channel?.target ?? null} value={address} onChange={setAddress} />
        {key === null ? null : <SigningKey value={key} />}
        {channel?.kind === "webhook" && key === null ? (
          <NewKey loading={save.isPending && save.variables.newSigningKey} onNew={() => submit(false, true)} />
        ) : null}
        <ErrorLine error={save.error} />
        {save.data?.test ? <ChannelTestResult test={save.data.test} /> : null}
      </div>
    </Dialog>
  );
}

interface FooterProps {
  /** Its signing key is shown: there is nothing more to save. */
  isMade: boolean;
  saving: "save" | "test" | null;
  problem: string | null;
  onClose: () => void;
  onSave: (andTest: boolean) => void;
}

function Footer({ isMade, saving, problem, onClose, onSave }: FooterProps) {
  return (
    <>
      <Button onClick={onClose}>{isMade ? "Done" : "Cancel"}</Button>
      <Button loading={saving === "test"} disabledReason={problem} onClick={() => onSave(true)}>
        {isMade ? "Send test" : "Save and test"}
      </Button>
      {isMade ? null : (
        <Button data-confirm variant="primary" loading={saving === "save"} disabledReason={problem} onClick={() => onSave(false)}>
          Save channel
        </Button>
      )}
    </>
  );
}

interface AddressFieldProps {
  kind: ChannelKind;
  stored: string | null;
  value: string;
  onChange: (value: string) => void;
}

function AddressField({ kind, stored, value, onChange }: AddressFieldProps) {
  const kept = stored === null ? undefined : `Leave it empty to keep ${stored}`;
  if (kind === "email") {
    return (
      <Field label="Mail addresses" help={kept ?? "One a line."}>
        <Textarea
          rows={2}
          value={value}
          placeholder={placeholders.email}
          spellCheck={false}
          onChange={(event) => onChange(event.target.value)}
        />
      </Field>
    );
  }
  return (
    <Field label="Address" help={kept ?? "Stored encrypted, never shown again in full."}>
      <Input
        type="url"
        value={value}
        placeholder={placeholders[kind]}
        autoComplete="off"
        spellCheck={false}
        className="font-mono text-sm"
        onChange={(event) => onChange(event.target.value)}
      />
    </Field>
  );
}

function NewKey({ loading, onNew }: { loading: boolean; onNew: () => void }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-2">
      <span className="text-fg-muted text-sm">Each message is signed with a key that was shown once.</span>
      <Button size="sm" loading={loading} onClick={onNew}>
        New signing key
      </Button>
    </div>
  );
}

function SigningKey({ value }: { value: string }) {
  return (
    <div className="flex flex-col gap-1">
      <span className="font-medium text-sm">Signing key</span>
      <span className="flex items-center gap-1 rounded-md border bg-subtle py-1 pr-1 pl-2.5">
        <code className="wrap-anywhere min-w-0 flex-1 font-mono text-sm">{value}</code>
        <CopyButton text={value} label="signing key" />
      </span>
      <span className="text-fg-muted text-sm">
        Copy it now: with it the receiver knows that a message is genuine. It is not shown again.
      </span>
    </div>
  );
}

function addressInput(kind: ChannelKind, typed: string): { url?: string; to?: string[] } {
  const text = typed.trim();
  if (text === "") return {};
  return kind === "email" ? { to: text.split(/[\s,;]+/) } : { url: text };
}
