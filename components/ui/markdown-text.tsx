import type { ReactNode } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import { cn } from "./cn.ts";
import { isOwn, safeHref } from "./safe-href.ts";

const linkClass = "rounded text-accent-text underline-offset-2 hover:underline";

function Smallest({ children }: { children?: ReactNode }) {
  return <h6 className="font-medium">{children}</h6>;
}

const components: Components = {
  // The page has its own headings down to the third.
  h1: ({ children }) => <h4 className="font-semibold text-lg">{children}</h4>,
  h2: ({ children }) => <h5 className="font-semibold">{children}</h5>,
  h3: Smallest,
  h4: Smallest,
  h5: Smallest,
  h6: Smallest,
  // Lines stay as they were typed: people write notes, not books.
  p: ({ children }) => <p className="whitespace-pre-line">{children}</p>,
  br: () => null,
  a: ({ href, children }) => {
    if (!href) return <span>{children}</span>;
    const elsewhere = isOwn(href) ? {} : { target: "_blank", rel: "noopener noreferrer" };
    return (
      <a href={href} {...elsewhere} className={linkClass}>
        {children}
      </a>
    );
  },
  // A picture from elsewhere would tell its host who reads: its words are enough.
  img: ({ alt, src }) => <span>{alt || String(src ?? "")}</span>,
  // A list of tasks has boxes instead of dots.
  ul: ({ children, className }) => <ul className={className === "contains-task-list" ? "list-none" : "list-disc pl-5"}>{children}</ul>,
  table: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <div tabIndex={0} className="overflow-x-auto">
      <table className="text-sm">{children}</table>
    </div>
  ),
  th: ({ children, style }) => (
    <th className="border-b px-2 py-1 text-left font-medium first:pl-0" style={style}>
      {children}
    </th>
  ),
  td: ({ children, style }) => (
    <td className="border-b px-2 py-1 align-top first:pl-0" style={style}>
      {children}
    </td>
  ),
  ol: ({ children, start }) => (
    <ol start={start} className="list-decimal pl-5">
      {children}
    </ol>
  ),
  blockquote: ({ children }) => <blockquote className="flex flex-col gap-2 border-l-2 pl-3 text-fg-muted">{children}</blockquote>,
  hr: () => <hr className="border-line" />,
  code: ({ children }) => <code className="rounded bg-muted px-1 py-0.5 font-mono text-sm">{children}</code>,
  pre: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <pre tabIndex={0} className="overflow-x-auto rounded-md bg-muted px-3 py-2 font-mono text-sm [&>code]:p-0">
      {children}
    </pre>
  ),
};

export interface MarkdownTextProps {
  text: string;
  className?: string;
}

/** Markdown as React draws it: HTML in it stays text, nothing is fetched from elsewhere, and links lead to pages alone. */
export function MarkdownText({ text, className }: MarkdownTextProps) {
  return (
    <div className={cn("wrap-anywhere flex flex-col gap-2", className)}>
      <ReactMarkdown components={components} remarkPlugins={[remarkGfm]} urlTransform={safeHref}>
        {text}
      </ReactMarkdown>
    </div>
  );
}
