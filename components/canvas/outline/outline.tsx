"use client";

import { MoreHorizontal, Plus, TriangleAlert } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useRef } from "react";
import { Button, IconButton } from "#components/ui/button.tsx";
import { copyText } from "#components/ui/clipboard.ts";
import { cn } from "#components/ui/cn.ts";
import { Duration } from "#components/ui/duration.tsx";
import { Menu } from "#components/ui/menu.tsx";
import { lookOfStep } from "#components/ui/status.ts";
import { StatusIcon } from "#components/ui/status-badge.tsx";
import { FirstTriggers } from "../flow/first-triggers.tsx";
import { stepFacts } from "../flow/step-label.ts";
import { stepMenu } from "../flow/step-menu.ts";
import { NodeIcon } from "../node-icon.tsx";
import { summaryOf } from "../policy-summary.ts";
import { useRunHandle } from "../run/run-context.ts";
import { useDocument, useEditor, useEditorStore, useNodeRun, useProblems } from "../use-editor.ts";
import { type OutlineRow, outlineRows } from "./outline-rows.ts";

interface OutlineProps {
  openNodeId: string | null;
  onOpen: (nodeId: string) => void;
  /** At both sides of the button that adds a step: what a narrow header has no place for. */
  before?: ReactNode;
  after?: ReactNode;
}

/** The workflow as a step list, with the same actions as the canvas. On a phone it stands for the canvas. */
export function Outline({ openNodeId, onOpen, before, after }: OutlineProps) {
  const store = useEditorStore();
  const document = useDocument();
  const readOnly = useEditor((state) => state.readOnly);
  const list = useRef<HTMLUListElement>(null);
  const rows = outlineRows(document);
  const onKey = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step === 0) return;
    const buttons = [...(list.current?.querySelectorAll<HTMLElement>("[data-row]") ?? [])];
    const here = buttons.indexOf(event.target as HTMLElement); // safe: only compared
    if (here === -1) return;
    event.preventDefault();
    buttons[here + step]?.focus();
  };
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <ul ref={list} aria-label="Steps in order" onKeyDown={onKey} className="min-h-0 flex-1 overflow-y-auto p-2">
        {rows.map((row) => (
          <Row key={row.node.id} row={row} open={row.node.id === openNodeId} onOpen={onOpen} />
        ))}
        {rows.length === 0 ? (
          <li className="flex flex-col items-center px-2 py-10 text-center">
            <p className="font-medium">{readOnly ? "This workflow is empty" : "Start with a trigger"}</p>
            <p className="mt-1 text-fg-muted">It decides when the workflow runs.</p>
            {readOnly ? null : <FirstTriggers onAdded={onOpen} />}
          </li>
        ) : null}
      </ul>
      <div className="flex items-center gap-1 border-t p-2">
        {before}
        <Button
          className="min-w-0 flex-1"
          icon={<Plus aria-hidden />}
          disabledReason={readOnly ? "This version cannot be edited" : null}
          onClick={(event) => {
            const box = event.currentTarget.getBoundingClientRect();
            const last = rows.at(-1)?.node.id;
            const { selection } = store.getState();
            const nodeId = selection.nodeIds.length === 1 ? selection.nodeIds[0] : last;
            store
              .getState()
              .set({ search: { anchor: { x: box.left, y: box.top - 8 }, ...(nodeId === undefined ? {} : { from: { nodeId } }) } });
          }}
        >
          Add a step
        </Button>
        {after}
      </div>
    </div>
  );
}

function Row({ row, open, onOpen }: { row: OutlineRow; open: boolean; onOpen: (nodeId: string) => void }) {
  const { node, depth, via } = row;
  const store = useEditorStore();
  const run = useNodeRun(node.id);
  const problems = useProblems(node.id);
  const selected = useEditor((state) => state.selection.nodeIds.includes(node.id));
  const facts = useEditor((state) => stepFacts(state.document, node, run, problems).join(", "));
  const choose = () => {
    store.getState().select({ nodeIds: [node.id] });
    store.getState().set({ activeNodeId: node.id });
  };
  const actions = {
    run: useRunHandle(),
    openSettings: onOpen,
    // Its name can be changed at the head of the panel.
    rename: onOpen,
    copy: (text: string) => void copyText(text),
  };
  return (
    <li data-outline-step={node.id} style={{ paddingLeft: depth * 14 }} className="group flex items-center">
      <button
        type="button"
        data-row=""
        aria-current={open ? "true" : undefined}
        onClick={() => {
          choose();
          onOpen(node.id);
        }}
        onFocus={choose}
        className={cn(
          "focus-inset flex min-h-10 min-w-0 flex-1 items-center gap-2 rounded-md px-1.5 py-1 text-left hover:bg-hover",
          (open || selected) && "bg-muted",
        )}
      >
        <NodeIcon type={node.type} className="size-4 shrink-0 text-fg-subtle" />
        <span className={cn("min-w-0 flex-1", node.disabled && "opacity-55")}>
          <span className="flex items-center gap-1.5">
            {via.map((port) => (
              <span key={port} className="rounded bg-muted px-1 text-fg-muted text-xs">
                {port}
              </span>
            ))}
            <span className="truncate">{node.name}</span>
          </span>
          <span className="block truncate text-fg-subtle text-xs">{summaryOf(node)}</span>
        </span>
        <span className="sr-only">, {facts}</span>
        {problems.length > 0 ? <TriangleAlert aria-hidden className="size-3.5 shrink-0 text-retrying" /> : null}
        {run === undefined ? null : (
          <span className="flex shrink-0 items-center gap-1 text-fg-subtle text-xs">
            {run.durationMs === null ? null : <Duration ms={run.durationMs} />}
            <StatusIcon look={lookOfStep(run)} />
          </span>
        )}
      </button>
      <Menu
        align="start"
        entries={stepMenu(store, node.id, actions)}
        trigger={
          <IconButton
            label={`Actions of ${node.name}`}
            icon={<MoreHorizontal aria-hidden />}
            onClick={choose}
            className="opacity-0 focus-visible:opacity-100 group-hover:opacity-100 data-popup-open:opacity-100 pointer-coarse:opacity-100"
          />
        }
      />
    </li>
  );
}
