"use client";

import { useQuery } from "@tanstack/react-query";
import { Ellipsis, Megaphone, Plus } from "lucide-react";
import { useState } from "react";
import { api, messageOf } from "#components/api/client.ts";
import { useDenied } from "#components/api/session.tsx";
import { Button, IconButton } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Countdown } from "#components/ui/countdown.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorLine, ErrorState } from "#components/ui/error-state.tsx";
import { plural } from "#components/ui/format.ts";
import { Menu } from "#components/ui/menu.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { Time } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { AlertChannelView, ChannelTest } from "#lib/shared/alert-types.ts";
import { ChannelTestDialog } from "./channel-test.tsx";
import { lookOfChannel } from "./looks.ts";
import { channelsQuery, useAlertMutation } from "./queries.ts";
import { channelKindWords } from "./words.ts";

/** The channels: where each leads, how it fares, and a test. */
export function ChannelList({ onMake }: { onMake: () => void }) {
  const channels = useQuery(channelsQuery);
  const denied = useDenied("channels:write");
  const [removing, setRemoving] = useState<AlertChannelView | null>(null);
  const [tested, setTested] = useState<{ name: string; test: ChannelTest } | null>(null);
  if (channels.isPending) return <SkeletonRows label="Loading the channels" />;
  if (!channels.data) {
    return (
      <ErrorState
        title="The channels could not be loaded"
        error={channels.error}
        onRetry={() => void channels.refetch()}
        retrying={channels.isFetching}
      />
    );
  }
  if (channels.data.items.length === 0) {
    return (
      <EmptyState
        icon={<Megaphone />}
        title="No channels yet"
        actions={
          <Button variant="primary" icon={<Plus aria-hidden />} disabledReason={denied} onClick={onMake}>
            New channel
          </Button>
        }
      >
        A channel is where people listen: a webhook, Slack or mail. The first one is told of every critical issue.
      </EmptyState>
    );
  }
  return (
    <>
      <ChannelTable
        rows={channels.data.items}
        onRemove={setRemoving}
        onTested={(channel, test) => setTested({ name: channel.name, test })}
      />
      {removing ? <RemoveChannel channel={removing} onClose={() => setRemoving(null)} /> : null}
      {tested ? <ChannelTestDialog name={tested.name} test={tested.test} onClose={() => setTested(null)} /> : null}
    </>
  );
}

interface ChannelActs {
  onRemove: (channel: AlertChannelView) => void;
  onTested: (channel: AlertChannelView, test: ChannelTest) => void;
}

function ChannelTable({ rows, onRemove, onTested }: ChannelActs & { rows: readonly AlertChannelView[] }) {
  const columns: Column<AlertChannelView>[] = [
    {
      id: "name",
      header: "Name",
      primary: true,
      className: "max-w-0 w-[24%] min-w-32",
      cell: (channel) => (
        <span className="flex flex-col py-1">
          <span className="truncate">{channel.name}</span>{" "}
          <span className="truncate font-normal text-fg-muted text-sm">{channelKindWords[channel.kind].label}</span>
        </span>
      ),
    },
    { id: "state", header: "State", cell: (channel) => <ChannelState channel={channel} /> },
    {
      id: "target",
      header: "Leads to",
      className: "hidden md:table-cell max-w-0 w-[26%]",
      cell: (channel) => <span className="block truncate font-mono text-fg-muted text-sm">{channel.target}</span>,
    },
    {
      id: "answer",
      header: "Last answer",
      className: "hidden xl:table-cell max-w-0 w-[24%]",
      cell: (channel) => (
        <span className="block truncate text-fg-muted" title={channel.lastAnswer ?? undefined}>
          {channel.lastAnswer ?? "–"}
        </span>
      ),
    },
    {
      id: "success",
      header: "Last success",
      align: "right",
      className: "hidden sm:table-cell",
      cell: (channel) =>
        channel.lastSuccessAt ? (
          <Time at={channel.lastSuccessAt} className="text-fg-muted" />
        ) : (
          <span className="text-fg-subtle">Never</span>
        ),
    },
    {
      id: "menu",
      header: <span className="sr-only">Actions</span>,
      className: "w-12",
      cell: (channel) => <RowMenu channel={channel} onRemove={onRemove} onTested={onTested} />,
    },
  ];
  return (
    <DataTable
      label="Channels"
      className="-mt-px"
      rows={rows}
      columns={columns}
      rowKey={(channel) => channel.id}
      rowName={(channel) => `${channel.name} ${channelKindWords[channel.kind].label}, ${lookOfChannel(channel).label}`}
      href={(channel) => `/alerts?tab=channels&edit=${channel.id}`}
    />
  );
}

function ChannelState({ channel }: { channel: AlertChannelView }) {
  const { waiting, resumeAt, enabled } = channel;
  return (
    <span className="flex flex-col">
      <StatusBadge look={lookOfChannel(channel)} plain />
      {enabled && waiting > 0 ? (
        <span className="whitespace-nowrap text-fg-muted text-xs">
          {plural(waiting, "alert waits", "alerts wait")}
          {resumeAt === null ? null : (
            <>
              , <Countdown until={resumeAt} />
            </>
          )}
        </span>
      ) : null}
    </span>
  );
}

function RowMenu({ channel, onRemove, onTested }: ChannelActs & { channel: AlertChannelView }) {
  const denied = useDenied("channels:write");
  const test = useAlertMutation(() => api.post<ChannelTest>(`/channels/${channel.id}/test`));
  const change = useAlertMutation((enabled: boolean) => api.patch<AlertChannelView>(`/channels/${channel.id}`, { enabled }));
  const failed = (error: Error) => toast.error(`${channel.name} was not changed`, { description: messageOf(error) });
  return (
    <span className="relative z-10 flex justify-end">
      <Menu
        trigger={<IconButton label={`Actions of ${channel.name}`} icon={<Ellipsis aria-hidden />} loading={test.isPending} />}
        entries={[
          {
            label: "Send test",
            disabledReason: denied,
            onSelect: () =>
              test.mutate(undefined, {
                onSuccess: (result) => onTested(channel, result),
                onError: (error) => toast.error(`${channel.name} could not be tested`, { description: messageOf(error) }),
              }),
          },
          { type: "link", label: "Edit", href: `/alerts?tab=channels&edit=${channel.id}`, shortcut: "Enter" },
          { type: "link", label: "Show what was sent", href: `/alerts?channelId=${channel.id}` },
          {
            label: channel.enabled ? "Turn off" : "Turn on",
            disabledReason: denied,
            onSelect: () => change.mutate(!channel.enabled, { onError: failed }),
          },
          { type: "separator" },
          { label: "Remove", danger: true, disabledReason: denied, onSelect: () => onRemove(channel) },
        ]}
      />
    </span>
  );
}

function RemoveChannel({ channel, onClose }: { channel: AlertChannelView; onClose: () => void }) {
  const remove = useAlertMutation(() => api.delete(`/channels/${channel.id}`));
  const confirm = () =>
    remove.mutate(undefined, {
      onSuccess: () => {
        onClose();
        toast.success(`${channel.name} removed`);
      },
    });
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`Remove ${channel.name}?`}
      confirmLabel="Remove channel"
      danger
      loading={remove.isPending}
      onConfirm={confirm}
    >
      <p>
        Its address is gone with it, and rules go on without it.
        {channel.waiting > 0 ? ` ${plural(channel.waiting, "alert that waits", "alerts that wait")} for it will not be sent.` : null}
      </p>
      <ErrorLine error={remove.error} />
    </ConfirmDialog>
  );
}
