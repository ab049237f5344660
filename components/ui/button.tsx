"use client";

import { cva } from "class-variance-authority";
import Link from "next/link";
import { type ComponentProps, type MouseEvent, type ReactNode, useId } from "react";
import { cn } from "./cn.ts";
import { Spinner } from "./spinner.tsx";
import { Tooltip } from "./tooltip.tsx";

/** The look of a button, for elements that are one by other means (menu triggers, links). */
export const buttonClass = cva(
  "inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-md border font-medium transition-colors duration-100 disabled:opacity-50 aria-disabled:opacity-50 [&_svg]:shrink-0",
  {
    variants: {
      variant: {
        primary: "border-transparent bg-accent text-accent-fg hover:bg-accent-hover aria-disabled:hover:bg-accent",
        secondary: "border-control bg-bg text-fg hover:bg-hover aria-disabled:hover:bg-bg",
        ghost: "border-transparent text-fg-muted hover:bg-hover hover:text-fg data-popup-open:bg-hover",
        "danger-ghost": "border-transparent text-danger hover:bg-failed-tint",
        danger: "border-control bg-bg text-danger hover:border-danger hover:bg-failed-tint",
        "danger-solid": "border-transparent bg-danger text-bg hover:bg-danger-hover",
      },
      size: {
        sm: "h-7 px-2 text-sm [&_svg]:size-3.5",
        md: "h-8 px-3 text-base [&_svg]:size-4",
        lg: "h-9 px-4 text-base [&_svg]:size-4",
        "icon-sm": "size-7 [&_svg]:size-3.5",
        icon: "size-8 [&_svg]:size-4",
      },
    },
    defaultVariants: { variant: "secondary", size: "md" },
  },
);

export type ButtonVariant = "primary" | "secondary" | "ghost" | "danger-ghost" | "danger" | "danger-solid";
export type ButtonSize = "sm" | "md" | "lg" | "icon-sm" | "icon";

export interface ButtonProps extends Omit<ComponentProps<"button">, "disabled"> {
  variant?: ButtonVariant | undefined;
  size?: ButtonSize | undefined;
  /** Shows progress and swallows clicks. */
  loading?: boolean | undefined;
  /** Disables the button but keeps it focusable, and says why. */
  disabledReason?: string | null | undefined;
  icon?: ReactNode;
}

/** A button. Disable it with a reason, never without. */
export function Button(props: ButtonProps) {
  const { variant, size, loading = false, disabledReason, icon, className, children, onClick, type = "button", ...rest } = props;
  const reasonId = useId();
  const blocked = Boolean(disabledReason) || loading;
  const button = (
    <button
      {...rest}
      type={blocked ? "button" : type}
      className={cn(buttonClass({ variant, size }), className)}
      aria-disabled={blocked || undefined}
      aria-busy={loading || undefined}
      aria-describedby={disabledReason ? reasonId : rest["aria-describedby"]}
      onClick={(event: MouseEvent<HTMLButtonElement>) => (blocked ? event.preventDefault() : onClick?.(event))}
    >
      {loading ? <Spinner /> : icon}
      {children}
      {disabledReason ? (
        <span id={reasonId} hidden>
          {disabledReason}
        </span>
      ) : null}
    </button>
  );
  return disabledReason ? <Tooltip content={disabledReason}>{button}</Tooltip> : button;
}

export interface IconButtonProps extends Omit<ButtonProps, "icon" | "children" | "aria-label"> {
  /** Accessible name and tooltip. */
  label: string;
  icon: ReactNode;
  /** The keys that do the same, shown in the tooltip. */
  shortcut?: string | undefined;
}

/** A square button with an icon; its label is its accessible name and its tooltip. */
export function IconButton({ label, shortcut, variant = "ghost", size = "icon-sm", disabledReason, ...rest }: IconButtonProps) {
  const button = <Button {...rest} variant={variant} size={size} disabledReason={disabledReason} aria-label={label} />;
  if (disabledReason) return button;
  return (
    <Tooltip
      content={
        <span className="flex items-center gap-2">
          {label}
          {shortcut ? <span className="font-mono text-fg-subtle text-xs">{shortcut}</span> : null}
        </span>
      }
    >
      {button}
    </Tooltip>
  );
}

export interface ButtonLinkProps extends ComponentProps<typeof Link> {
  variant?: ButtonVariant;
  size?: ButtonSize;
  icon?: ReactNode;
}

/** A link that looks like a button. */
export function ButtonLink({ variant, size, icon, className, children, ...rest }: ButtonLinkProps) {
  return (
    <Link {...rest} className={cn(buttonClass({ variant, size }), className)}>
      {icon}
      {children}
    </Link>
  );
}
