"use client";

import { Toast as Base } from "@base-ui/react/toast";
import { CircleAlert, CircleCheck, Info, X } from "lucide-react";
import type { ReactNode } from "react";
import { buttonClass } from "./button.tsx";
import { cn } from "./cn.ts";

const manager = Base.createToastManager();

interface ToastOptions {
  description?: ReactNode;
  /** The Undo of what was just done, or a way to the result. */
  action?: { label: string; onClick: () => void };
}

const leaveMs = 5_000;
const undoMs = 10_000;

function show(type: "success" | "error" | "info", title: string, { description, action }: ToastOptions = {}): string {
  const id: string = manager.add({
    title,
    description,
    type,
    // Errors stay until someone dismisses them.
    timeout: type === "error" ? 0 : action ? undoMs : leaveMs,
    priority: type === "error" ? "high" : "low",
    ...(action
      ? {
          actionProps: {
            children: action.label,
            onClick: () => {
              manager.close(id);
              action.onClick();
            },
          },
        }
      : {}),
  });
  return id;
}

/** Says in passing what happened. What needs an answer belongs into a dialog. */
export const toast = {
  success: (title: string, options?: ToastOptions) => show("success", title, options),
  error: (title: string, options?: ToastOptions) => show("error", title, options),
  info: (title: string, options?: ToastOptions) => show("info", title, options),
  close: (id: string) => manager.close(id),
};

const icons = {
  success: <CircleCheck aria-hidden className="text-succeeded" />,
  error: <CircleAlert aria-hidden className="text-failed" />,
  info: <Info aria-hidden className="text-fg-subtle" />,
};

function ToastList() {
  const { toasts } = Base.useToastManager();
  return toasts.map((item) => (
    <Base.Root
      key={item.id}
      toast={item}
      className="rounded-md bg-float text-fg shadow-float transition-opacity duration-150 data-ending-style:opacity-0 data-limited:hidden data-starting-style:opacity-0"
    >
      <Base.Content className="flex items-start gap-2.5 py-2.5 pr-2 pl-3 [&>svg]:mt-0.5 [&>svg]:size-4 [&>svg]:shrink-0">
        {item.type === "error" ? icons.error : item.type === "success" ? icons.success : icons.info}
        <div className="min-w-0 flex-1">
          <Base.Title className="font-medium" />
          <Base.Description className="wrap-anywhere text-fg-muted text-sm" />
        </div>
        <Base.Action className={cn(buttonClass({ size: "sm" }), "-my-0.5")} />
        <Base.Close aria-label="Dismiss" className={cn(buttonClass({ size: "icon-sm", variant: "ghost" }), "-my-0.5")}>
          <X aria-hidden />
        </Base.Close>
      </Base.Content>
    </Base.Root>
  ));
}

/** Where toasts appear; once, at the root. */
export function Toaster({ children }: { children: ReactNode }) {
  return (
    <Base.Provider toastManager={manager} limit={4}>
      {children}
      <Base.Portal>
        <Base.Viewport className="fixed right-4 bottom-4 z-50 flex w-[min(24rem,calc(100vw-2rem))] flex-col-reverse gap-2 outline-none">
          <ToastList />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}
