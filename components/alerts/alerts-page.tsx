"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus, TriangleAlert } from "lucide-react";
import { useQueryState } from "nuqs";
import { useDenied } from "#components/api/session.tsx";
import { Button } from "#components/ui/button.tsx";
import { lazyDialog } from "#components/ui/lazy.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { useShortcuts } from "#components/ui/shortcuts.ts";
import { Tabs } from "#components/ui/tabs.tsx";
import { AlertLog } from "./alert-log.tsx";
import { ChannelList } from "./channel-list.tsx";
import { alertTabs, channelsQuery, editParser, rulesQuery, tabParser } from "./queries.ts";
import { RuleList } from "./rule-list.tsx";

const ChannelDialog = lazyDialog(async () => (await import("./channel-dialog.tsx")).ChannelDialog);
const RuleDialog = lazyDialog(async () => (await import("./rule-dialog.tsx")).RuleDialog);

const newId = "new";
const tabLabels = { sent: "Sent", rules: "Rules", channels: "Channels" };

/** Who is told of issues: what was sent, by which rules, through which channels. */
export function AlertsPage() {
  const [tab, setTab] = useQueryState("tab", tabParser);
  const [edit, setEdit] = useQueryState("edit", editParser);
  const rules = useQuery(rulesQuery);
  const channels = useQuery(channelsQuery);
  const cannotRule = useDenied("alerts:write");
  const cannotChannel = useDenied("channels:write");
  const making = tab === "channels" || channels.data?.items.length === 0 ? "channel" : "rule";
  const denied = making === "channel" ? cannotChannel : cannotRule;
  const make = async () => {
    await setTab(making === "channel" ? "channels" : "rules");
    await setEdit(newId);
  };
  useShortcuts("Alerts", [
    { keys: "n", label: "New rule or channel", run: () => (denied || channels.isPending ? undefined : void make()) },
  ]);
  const counts = { sent: undefined, rules: rules.data?.items.length, channels: channels.data?.items.length };
  const openRule = rules.data?.items.find((rule) => rule.id === edit) ?? null;
  const openChannel = channels.data?.items.find((channel) => channel.id === edit) ?? null;
  const close = () => void setEdit(null);
  return (
    <>
      <PageHeader
        title="Alerts"
        description="Who is told when an issue opens, comes back or gets worse."
        actions={
          // What is to be made first is not known before.
          channels.isPending ? null : (
            <Button variant="primary" icon={<Plus aria-hidden />} disabledReason={denied} onClick={() => void make()}>
              {making === "channel" ? "New channel" : "New rule"}
            </Button>
          )
        }
      />
      <OffNotice />
      <Tabs
        label="Alerts"
        listClassName="md:px-6"
        value={tab}
        onValueChange={(next) => void setTab(next)}
        items={alertTabs.map((value) => ({ value, label: tabLabels[value], count: counts[value] || undefined }))}
      />
      {tab === "sent" ? <AlertLog onNewChannel={() => void make()} /> : null}
      {tab === "rules" ? <RuleList onMake={() => void make()} /> : null}
      {tab === "channels" ? <ChannelList onMake={() => void make()} /> : null}
      {tab === "rules" && (edit === newId || openRule) ? <RuleDialog key={edit} rule={openRule} onClose={close} /> : null}
      {tab === "channels" && (edit === newId || openChannel) ? <ChannelDialog key={edit} channel={openChannel} onClose={close} /> : null}
    </>
  );
}

/** A channel that turned itself off tells nobody of anything, not even of that: so it is said here. */
function OffNotice() {
  const channels = useQuery(channelsQuery);
  const [, setTab] = useQueryState("tab", tabParser);
  const off = channels.data?.items.filter(({ enabled, disabledReason }) => !enabled && disabledReason !== null) ?? [];
  if (off.length === 0) return null;
  return (
    <div className="mx-4 mb-3 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md bg-failed-tint px-3 py-2 md:mx-6">
      <TriangleAlert aria-hidden className="size-4 shrink-0 text-failed" />
      <div className="min-w-0 flex-1 basis-60">
        {off.map(({ id, name, disabledReason }) => (
          <p key={id}>
            <span className="font-medium">{name}</span> was turned off: {disabledReason}.
          </p>
        ))}
      </div>
      <Button size="sm" onClick={() => void setTab("channels")}>
        Show the channels
      </Button>
    </div>
  );
}
