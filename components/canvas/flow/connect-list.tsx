"use client";

import { Popover } from "@base-ui/react/popover";
import { Command } from "cmdk";
import { Unplug } from "lucide-react";
import { useMemo, useState } from "react";
import { cn } from "#components/ui/cn.ts";
import { floatClass } from "#components/ui/float.ts";
import { announce } from "#components/ui/live-region.ts";
import type { WorkflowDocument } from "#lib/graph/document.ts";
import { canConnect } from "../connection-rules.ts";
import { nodeOf, outgoingOf } from "../document-index.ts";
import { addWire, removeEdge } from "../editor-actions.ts";
import { NodeIcon } from "../node-icon.tsx";
import { mainPort, portsToDraw } from "../node-ports.ts";
import { useDocument, useEditor, useEditorStore } from "../use-editor.ts";
import { backToStep } from "./focus-step.ts";

/** "Connect to…": wiring without a pointer. A searchable list of the steps an output may lead to, and of its wires. */
export function ConnectList() {
  const store = useEditorStore();
  const from = useEditor((state) => state.connectingFrom);
  // Without a canvas (on a phone) the list opens at the step's line of the outline.
  const anchor = useMemo(
    () => (from === null ? null : document.querySelector(`[data-step="${from}"], [data-outline-step="${from}"]`)),
    [from],
  );
  const close = () => store.getState().set({ connectingFrom: null });
  return (
    <Popover.Root open={from !== null} onOpenChange={(open) => (open ? undefined : close())}>
      <Popover.Portal>
        <Popover.Positioner anchor={anchor} side="right" align="start" sideOffset={12} collisionPadding={12} className="z-50">
          <Popover.Popup
            aria-label="Connect to"
            finalFocus={() => backToStep(store.getState().activeNodeId)}
            className={cn(floatClass, "w-72 p-0")}
          >
            {from === null ? null : <Targets from={from} onDone={close} />}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Targets({ from, onDone }: { from: string; onDone: () => void }) {
  const store = useEditorStore();
  const document = useDocument();
  const node = nodeOf(document, from);
  const [port, setPort] = useState(() => (node === undefined ? "out" : (mainPort(node) ?? "out")));
  if (node === undefined) return null;
  const ports = portsToDraw(document, node);
  const pick = (target: string) => {
    const refusal = addWire(store, { source: from, sourcePort: port, target });
    announce(refusal ?? `Connected to ${nodeOf(document, target)?.name ?? target}`);
    onDone();
  };
  return (
    <Command label="Connect to" loop>
      <p className="truncate px-3 pt-2 text-fg-subtle text-xs">Connect {node.name} to</p>
      <Command.Input
        autoFocus
        placeholder="Search steps"
        className="h-9 w-full border-b bg-transparent px-3 outline-none placeholder:text-fg-subtle focus-visible:outline-none"
      />
      {ports.length > 1 ? <PortChoice ports={ports} value={port} onChange={setPort} /> : null}
      <Command.List className="max-h-72 overflow-y-auto p-1">
        <Command.Empty className="px-2 py-5 text-center text-fg-muted">No step can follow here.</Command.Empty>
        {targetsOf(document, from, port).map((target) => (
          <Command.Item
            key={target.id}
            value={`${target.name} ${target.id}`}
            onSelect={() => pick(target.id)}
            className="flex h-8 items-center gap-2 rounded px-2 data-[selected=true]:bg-hover"
          >
            <NodeIcon type={target.type} className="size-4 shrink-0 text-fg-subtle" />
            <span className="truncate">{target.name}</span>
          </Command.Item>
        ))}
        <Wires document={document} from={from} port={port} onDone={onDone} />
      </Command.List>
    </Command>
  );
}

function PortChoice({
  ports,
  value,
  onChange,
}: {
  ports: { name: string; label: string }[];
  value: string;
  onChange: (port: string) => void;
}) {
  return (
    <fieldset className="flex flex-wrap gap-1 border-b px-2 py-1.5">
      <legend className="sr-only">Output</legend>
      {ports.map((port) => (
        <label
          key={port.name}
          className="flex h-6 items-center rounded border px-2 text-fg-muted text-sm has-checked:border-accent has-checked:text-accent-text has-focus-visible:outline-2 has-focus-visible:outline-accent"
        >
          <input type="radio" name="port" className="sr-only" checked={port.name === value} onChange={() => onChange(port.name)} />
          {port.label}
        </label>
      ))}
    </fieldset>
  );
}

function targetsOf(document: WorkflowDocument, source: string, sourcePort: string) {
  return document.nodes.filter((target) => canConnect(document, { source, sourcePort, target: target.id }));
}

/** The wires that leave the output already; choosing one deletes it, which a keyboard cannot do on the canvas. */
function Wires({ document, from, port, onDone }: { document: WorkflowDocument; from: string; port: string; onDone: () => void }) {
  const store = useEditorStore();
  const edges = outgoingOf(document, from).filter((edge) => edge.sourcePort === port);
  if (edges.length === 0) return null;
  return (
    <Command.Group
      heading="Disconnect"
      className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:text-fg-subtle [&_[cmdk-group-heading]]:text-xs"
    >
      {edges.map((edge) => {
        const name = nodeOf(document, edge.target)?.name ?? edge.target;
        return (
          <Command.Item
            key={edge.id}
            value={`disconnect from ${name} ${edge.id}`}
            onSelect={() => {
              removeEdge(store, edge.id);
              announce(`Disconnected from ${name}`);
              onDone();
            }}
            className="flex h-8 items-center gap-2 rounded px-2 text-danger data-[selected=true]:bg-hover"
          >
            <Unplug aria-hidden className="size-4 shrink-0" />
            <span className="truncate">Disconnect from {name}</span>
          </Command.Item>
        );
      })}
    </Command.Group>
  );
}
