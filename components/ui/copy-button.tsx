"use client";

import { Check, Copy } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { Button, type ButtonSize, IconButton } from "./button.tsx";
import { copyText } from "./clipboard.ts";
import { cn } from "./cn.ts";

const shownMs = 1_500;

/** Copies a text and tells so; `copied` is true for a moment afterwards. */
export function useCopy(text: string | (() => string)): { copied: boolean; copy: () => void } {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), shownMs);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => {
    void copyText(typeof text === "string" ? text : text()).then(setCopied);
  };
  return { copied, copy };
}

export interface CopyButtonProps {
  text: string | (() => string);
  /** What is copied: "run id". */
  label: string;
  /** With children it is a button with words. */
  children?: ReactNode;
  size?: ButtonSize;
  className?: string;
}

/** Copies a text; the icon turns into a check and a live region says "Copied". */
export function CopyButton({ text, label, children, size, className }: CopyButtonProps) {
  const { copied, copy } = useCopy(text);
  const icon = copied ? <Check aria-hidden className="text-succeeded" /> : <Copy aria-hidden />;
  if (children) {
    return (
      <Button size={size ?? "sm"} icon={icon} onClick={copy} className={className}>
        {children}
      </Button>
    );
  }
  return (
    <IconButton label={copied ? "Copied" : `Copy ${label}`} icon={icon} size={size ?? "icon-sm"} onClick={copy} className={className} />
  );
}

/** A value in monospace with its copy button. */
export function CopyText({ text, label, display, className }: { text: string; label: string; display?: string; className?: string }) {
  return (
    <span className={cn("inline-flex min-w-0 items-center gap-0.5", className)}>
      <span className="truncate font-mono text-sm" title={text}>
        {display ?? text}
      </span>
      <CopyButton text={text} label={label} className="size-6" />
    </span>
  );
}
