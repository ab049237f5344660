"use client";

import { useQuery } from "@tanstack/react-query";
import { BellRing, Ellipsis, Plus } from "lucide-react";
import { useState } from "react";
import { api, messageOf } from "#components/api/client.ts";
import { useDenied } from "#components/api/session.tsx";
import { Button, IconButton } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorLine, ErrorState } from "#components/ui/error-state.tsx";
import { Menu, type MenuEntry } from "#components/ui/menu.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { Time } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { AlertRuleView } from "#lib/shared/alert-types.ts";
import { lookOfRule } from "./looks.ts";
import { MuteDialog } from "./mute-dialog.tsx";
import { rulesQuery, useAlertMutation } from "./queries.ts";
import { ruleSentence } from "./words.ts";

const hourMs = 3_600_000;

interface RuleChange {
  rule: AlertRuleView;
  change: { enabled?: boolean; mute?: { until: string; reason: string } | null };
}

function useChangeRule() {
  const change = useAlertMutation((input: RuleChange) => api.patch<AlertRuleView>(`/alert-rules/${input.rule.id}`, input.change));
  return (input: RuleChange) =>
    change.mutate(input, { onError: (error) => toast.error(`${input.rule.name} was not changed`, { description: messageOf(error) }) });
}

/** The rules: what each says in words, how it stands, and when it spoke last. */
export function RuleList({ onMake }: { onMake: () => void }) {
  const rules = useQuery(rulesQuery);
  const denied = useDenied("alerts:write");
  const change = useChangeRule();
  const [muting, setMuting] = useState<AlertRuleView | null>(null);
  const [removing, setRemoving] = useState<AlertRuleView | null>(null);
  if (rules.isPending) return <SkeletonRows label="Loading the rules" />;
  if (!rules.data) {
    return (
      <ErrorState
        title="The rules could not be loaded"
        error={rules.error}
        onRetry={() => void rules.refetch()}
        retrying={rules.isFetching}
      />
    );
  }
  if (rules.data.items.length === 0) {
    return (
      <EmptyState
        icon={<BellRing />}
        title="No rules yet"
        actions={
          <Button variant="primary" icon={<Plus aria-hidden />} disabledReason={denied} onClick={onMake}>
            Make the first one
          </Button>
        }
      >
        A rule says who is told of which issues. The first channel brings one that tells of every critical issue.
      </EmptyState>
    );
  }
  return (
    <>
      <RuleTable rows={rules.data.items} onMute={setMuting} onRemove={setRemoving} />
      {muting ? (
        <MuteDialog rule={muting} onClose={() => setMuting(null)} onMute={(mute) => change({ rule: muting, change: { mute } })} />
      ) : null}
      {removing ? <RemoveRule rule={removing} onClose={() => setRemoving(null)} /> : null}
    </>
  );
}

interface RuleMenuProps {
  rule: AlertRuleView;
  onMute: (rule: AlertRuleView) => void;
  onRemove: (rule: AlertRuleView) => void;
}

function RuleTable({ rows, onMute, onRemove }: Omit<RuleMenuProps, "rule"> & { rows: readonly AlertRuleView[] }) {
  const columns: Column<AlertRuleView>[] = [
    {
      id: "on",
      header: "On",
      className: "w-12",
      cell: (rule) => <RuleSwitch rule={rule} />,
    },
    {
      id: "rule",
      header: "Rule",
      primary: true,
      className: "max-w-0 w-[60%]",
      cell: (rule) => (
        <span className="flex flex-col py-1.5">
          <span className="truncate">{rule.name}</span>{" "}
          <span className="whitespace-normal font-normal text-fg-muted text-sm">{ruleSentence(rule)}</span>
        </span>
      ),
    },
    { id: "state", header: "State", cell: (rule) => <RuleState rule={rule} /> },
    {
      id: "last",
      header: "Last notified",
      align: "right",
      className: "hidden md:table-cell",
      cell: (rule) =>
        rule.lastNotifiedAt ? <Time at={rule.lastNotifiedAt} className="text-fg-muted" /> : <span className="text-fg-subtle">Never</span>,
    },
    {
      id: "menu",
      header: <span className="sr-only">Actions</span>,
      className: "w-12",
      cell: (rule) => <RuleMenu rule={rule} onMute={onMute} onRemove={onRemove} />,
    },
  ];
  return (
    <DataTable
      label="Rules"
      className="-mt-px"
      rows={rows}
      columns={columns}
      rowKey={(rule) => rule.id}
      rowName={(rule) => `${rule.name} ${ruleSentence(rule)} ${lookOfRule(rule).label}`}
      href={(rule) => `/alerts?tab=rules&edit=${rule.id}`}
    />
  );
}

function RuleSwitch({ rule }: { rule: AlertRuleView }) {
  const denied = useDenied("alerts:write");
  const change = useChangeRule();
  return (
    <span className="relative z-10 flex">
      <Switch
        aria-label={`${rule.name} is on`}
        checked={rule.enabled}
        disabled={denied !== null}
        onCheckedChange={(enabled) => change({ rule, change: { enabled } })}
      />
    </span>
  );
}

function RuleMenu({ rule, onMute, onRemove }: RuleMenuProps) {
  const denied = useDenied("alerts:write");
  const change = useChangeRule();
  const inAnHour = () => new Date(Date.now() + hourMs).toISOString();
  const muting: readonly MenuEntry[] =
    rule.mutedUntil === null
      ? [
          {
            label: "Mute for an hour",
            disabledReason: denied,
            onSelect: () => change({ rule, change: { mute: { until: inAnHour(), reason: "" } } }),
          },
          { label: "Mute until …", disabledReason: denied, onSelect: () => onMute(rule) },
        ]
      : [{ label: "Unmute", disabledReason: denied, onSelect: () => change({ rule, change: { mute: null } }) }];
  return (
    <span className="relative z-10 flex justify-end">
      <Menu
        trigger={<IconButton label={`Actions of ${rule.name}`} icon={<Ellipsis aria-hidden />} />}
        entries={[
          { type: "link", label: "Edit", href: `/alerts?tab=rules&edit=${rule.id}`, shortcut: "Enter" },
          { type: "link", label: "Show what it sent", href: `/alerts?ruleId=${rule.id}` },
          { type: "separator" },
          ...muting,
          { type: "separator" },
          { label: "Remove", danger: true, disabledReason: denied, onSelect: () => onRemove(rule) },
        ]}
      />
    </span>
  );
}

function RuleState({ rule }: { rule: AlertRuleView }) {
  const { mutedUntil, mutedBy, muteReason } = rule;
  return (
    <span className="flex flex-col">
      <StatusBadge look={lookOfRule(rule)} plain />
      {mutedUntil === null || !rule.enabled ? null : (
        <span className="relative z-10 max-w-48 truncate text-fg-muted text-xs" title={muteReason || undefined}>
          ends <Time at={mutedUntil} /> · {muteReason || mutedBy}
        </span>
      )}
    </span>
  );
}

function RemoveRule({ rule, onClose }: { rule: AlertRuleView; onClose: () => void }) {
  const remove = useAlertMutation(() => api.delete(`/alert-rules/${rule.id}`));
  const confirm = () =>
    remove.mutate(undefined, {
      onSuccess: () => {
        onClose();
        toast.success(`${rule.name} removed`);
      },
    });
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`Remove ${rule.name}?`}
      confirmLabel="Remove rule"
      danger
      loading={remove.isPending}
      onConfirm={confirm}
    >
      <p>Nobody is told by it any more. What it sent stays in the list.</p>
      <ErrorLine error={remove.error} />
    </ConfirmDialog>
  );
}
