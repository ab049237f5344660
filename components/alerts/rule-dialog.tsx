"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { parseAsString, useQueryStates } from "nuqs";
import { useState } from "react";
import { api } from "#components/api/client.ts";
import { workflowsQuery } from "#components/api/workflows.ts";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorLine } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { plural } from "#components/ui/format.ts";
import { Input } from "#components/ui/input.tsx";
import { MultiSelect } from "#components/ui/multi-select.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { Time } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";
import { type AlertRulePreview, type AlertRuleView, alertKinds } from "#lib/shared/alert-types.ts";
import { channelsQuery, useAlertMutation } from "./queries.ts";
import { issueTypes, kindVerbs, ruleSentence, typeWords } from "./words.ts";

interface RuleDialogProps {
  /** Null: a new one. */
  rule: AlertRuleView | null;
  onClose: () => void;
}

interface RuleForm {
  name: string;
  workflowIds: string[];
  issueTypes: string[];
  criticalOnly: boolean;
  kinds: AlertRuleView["kinds"];
  channelIds: string[];
}

/** What somebody wants to be told of who comes from an issue. */
const wishParsers = { workflow: parseAsString, type: parseAsString };

/** Makes or changes a rule, whose fields read as a sentence. */
export function RuleDialog({ rule, onClose }: RuleDialogProps) {
  const [wish, setWish] = useQueryStates(wishParsers);
  const [form, setForm] = useState<RuleForm>(() => toForm(rule, wish));
  const set = (change: Partial<RuleForm>) => setForm({ ...form, ...change });
  const workflows = useQuery(workflowsQuery);
  const channels = useQuery(channelsQuery);
  const save = useAlertMutation((input: RuleForm) =>
    rule ? api.patch<AlertRuleView>(`/alert-rules/${rule.id}`, input) : api.post<AlertRuleView>("/alert-rules", input),
  );
  const close = () => {
    void setWish(null);
    onClose();
  };
  const named = <T extends { id: string; name: string }>(items: readonly T[] = [], ids: readonly string[]) =>
    items.filter(({ id }) => ids.includes(id));
  // With one channel there is nothing to choose.
  const only = channels.data?.items.length === 1 ? (channels.data.items[0]?.id ?? null) : null;
  const channelIds = form.channelIds.length === 0 && rule === null && only !== null ? [only] : form.channelIds;
  const chosen = { workflows: named(workflows.data?.items, form.workflowIds), channels: named(channels.data?.items, channelIds) };
  const words = ruleSentence({ ...form, ...chosen });
  const name = form.name.trim() === "" ? proposedName(form, chosen.workflows) : form.name.trim();
  const problem = form.kinds.length === 0 ? "Choose when it speaks" : channelIds.length === 0 ? "Choose a channel" : null;
  const submit = () =>
    save.mutate(
      { ...form, name, channelIds },
      {
        onSuccess: (saved) => {
          toast.success(`${saved.name} saved`);
          close();
        },
      },
    );
  return (
    <Dialog
      open
      onOpenChange={close}
      width="md"
      title={rule ? rule.name : "New rule"}
      description={words}
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button data-confirm variant="primary" loading={save.isPending} disabledReason={problem} onClick={submit}>
            Save rule
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <RuleFields form={{ ...form, channelIds }} proposed={name} onChange={set} />
        <Preview form={form} />
        <ErrorLine error={save.error} />
      </div>
    </Dialog>
  );
}

/** Whether the rule would have been of use, or a nuisance. */
function Preview({ form }: { form: RuleForm }) {
  const { workflowIds, issueTypes: types, criticalOnly, kinds } = form;
  const input = { workflowIds, issueTypes: types, criticalOnly, kinds };
  const preview = useQuery({
    queryKey: ["alert-preview", input],
    queryFn: ({ signal }) => api.post<AlertRulePreview>("/alert-rules/preview", input, { signal }),
    enabled: kinds.length > 0,
    placeholderData: keepPreviousData,
  });
  if (!preview.data) return null;
  const { days, count, latest } = preview.data;
  return (
    <div className="rounded-md border bg-subtle px-3 py-2 text-sm" aria-live="polite">
      <p>
        In the last {days} days it would have spoken <span className="font-medium">{count === 0 ? "never" : plural(count, "time")}</span>.
      </p>
      <ul>
        {latest.map(({ kind, at, issueId, title }) => (
          <li key={`${issueId} ${kind} ${at}`} className="flex gap-2 text-fg-muted">
            <Time at={at} className="shrink-0" />
            <span className="min-w-0 truncate">{title}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

interface RuleFieldsProps {
  form: RuleForm;
  /** Its name when nobody gives it one. */
  proposed: string;
  onChange: (change: Partial<RuleForm>) => void;
}

function RuleFields({ form, proposed, onChange }: RuleFieldsProps) {
  const workflows = useQuery(workflowsQuery);
  const channels = useQuery(channelsQuery);
  return (
    <>
      <Field label="Name">
        <Input
          value={form.name}
          placeholder={proposed}
          maxLength={120}
          autoComplete="off"
          onChange={(event) => onChange({ name: event.target.value })}
        />
      </Field>
      <fieldset className="flex flex-col gap-1">
        <legend className="mb-1 font-medium text-sm">When an issue</legend>
        <div className="flex flex-wrap gap-x-5 gap-y-2">
          {alertKinds.map((kind) => (
            <Checkbox
              key={kind}
              label={kindVerbs[kind]}
              checked={form.kinds.includes(kind)}
              onCheckedChange={(on) => onChange({ kinds: alertKinds.filter((each) => (each === kind ? on : form.kinds.includes(each))) })}
            />
          ))}
        </div>
      </fieldset>
      <Choice label="Of the workflows">
        <MultiSelect
          label="Workflows"
          empty="All workflows"
          options={(workflows.data?.items ?? []).map(({ id, name: label }) => ({ value: id, label }))}
          values={form.workflowIds}
          onValuesChange={(workflowIds) => onChange({ workflowIds })}
        />
      </Choice>
      <Choice label="Of the types">
        <MultiSelect
          label="Types"
          empty="All types"
          options={[...new Set([...issueTypes, ...form.issueTypes])].map((type) => ({ value: type, label: typeWords(type) }))}
          values={form.issueTypes}
          onValuesChange={(types) => onChange({ issueTypes: types })}
        />
      </Choice>
      <Switch
        checked={form.criticalOnly}
        onCheckedChange={(criticalOnly) => onChange({ criticalOnly })}
        label="Critical steps only"
        description="Issues of steps that are not critical are counted only; without this they are told of when they get worse."
      />
      <Choice label="Notify">
        {channels.data?.items.length === 0 ? (
          <p className="text-fg-muted">
            There is no channel yet.{" "}
            <Link href="/alerts?tab=channels&edit=new" className="text-accent-text hover:underline">
              Make one
            </Link>
          </p>
        ) : (
          <MultiSelect
            label="Channels"
            empty="Choose a channel"
            options={(channels.data?.items ?? []).map((channel) => ({ value: channel.id, label: channel.name }))}
            values={form.channelIds}
            onValuesChange={(ids) => onChange({ channelIds: ids })}
          />
        )}
      </Choice>
    </>
  );
}

function Choice({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div className="flex flex-col items-start gap-1">
      <span className="font-medium text-sm">{label}</span>
      {children}
    </div>
  );
}

function toForm(rule: AlertRuleView | null, wish: { workflow: string | null; type: string | null }): RuleForm {
  if (rule === null) {
    return {
      name: "",
      workflowIds: wish.workflow === null ? [] : [wish.workflow],
      issueTypes: wish.type === null ? [] : [wish.type],
      criticalOnly: true,
      kinds: [...alertKinds],
      channelIds: [],
    };
  }
  const { name, workflows, criticalOnly, kinds, channels } = rule;
  return {
    name,
    workflowIds: workflows.map(({ id }) => id),
    issueTypes: rule.issueTypes,
    criticalOnly,
    kinds,
    channelIds: channels.map(({ id }) => id),
  };
}

/** What a rule is called while nobody has named it. */
function proposedName(form: RuleForm, workflows: readonly { name: string }[]): string {
  const where = workflows.length === 0 ? "every workflow" : workflows.map(({ name }) => name).join(", ");
  const what =
    form.issueTypes.length === 0 ? (form.criticalOnly ? "Critical issues" : "Issues") : form.issueTypes.map(typeWords).join(", ");
  return `${what} of ${where}`.slice(0, 120);
}
