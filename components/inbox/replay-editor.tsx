import { Button } from "#components/ui/button.tsx";
import { FieldError } from "#components/ui/field.tsx";
import { JsonDiff } from "#components/ui/json-diff.tsx";
import { JsonTextEditor } from "#components/ui/json-text-editor.tsx";

interface ReplayEditorProps {
  /** "input" or "event". */
  what: string;
  original: string;
  text: string;
  onText: (text: string) => void;
  /** Null while the text is no JSON. */
  edited: string | null;
  /** What is wrong with the text, or with what it says. */
  error: string | null;
}

/** The original on the left, as it stays; the edited one on the right; and what differs. */
export function ReplayEditor({ what, original, text, onText, edited, error }: ReplayEditorProps) {
  const changed = edited !== null && edited !== original;
  return (
    <div className="mb-4">
      <div className="grid gap-4 md:grid-cols-2">
        <section>
          <h3 className="mb-1.5 flex h-6 items-center font-medium text-fg-muted text-sm">As it failed (read-only)</h3>
          <JsonTextEditor label={`Original ${what}`} value={original} readOnly className="h-[min(15rem,26dvh)]" />
        </section>
        <section>
          <div className="mb-1.5 flex h-6 items-center justify-between">
            <h3 className="font-medium text-sm">Corrected</h3>
            {text === original ? null : (
              <Button size="sm" variant="ghost" className="h-6" onClick={() => onText(original)}>
                Start over
              </Button>
            )}
          </div>
          <JsonTextEditor
            label={`Corrected ${what}`}
            value={text}
            onValueChange={onText}
            aria-invalid={error !== null}
            className="h-[min(15rem,26dvh)]"
          />
          <FieldError message={error} />
        </section>
      </div>
      {changed ? (
        <section className="mt-4">
          <h3 className="mb-1.5 font-medium text-fg-muted text-sm">What changes</h3>
          <JsonDiff left={original} right={edited} leftLabel="As it failed" rightLabel="Corrected" />
        </section>
      ) : null}
    </div>
  );
}
