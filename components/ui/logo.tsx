/** A gate across a stream. */
export function Logo({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" className={className} aria-hidden fill="none">
      <rect width="24" height="24" rx="6" fill="var(--accent)" />
      <path d="M7.5 5v14M16.5 5v14" stroke="var(--accent-fg)" strokeWidth="2" strokeLinecap="round" />
      <path d="M7.5 8.5h9M7.5 12h9" stroke="var(--accent-fg)" strokeWidth="2" opacity=".55" />
      <path d="M10 16.5c1-.9 1.7-.9 2.7 0s1.8.9 2.8 0" stroke="var(--accent-fg)" strokeWidth="1.8" strokeLinecap="round" />
    </svg>
  );
}
