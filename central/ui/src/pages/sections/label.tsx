import { TriangleAlert } from "lucide-react";
import type { SpeedLabel } from "../../api/section-types";
import { useSay } from "../../ui/words";

/** What must stand beside every speed here: central's words, the reader's language first, the other one under it. */
export function NotEvidence({ label: { label_vi, label_en } }: { label: SpeedLabel }) {
  const say = useSay();
  const first = say(label_vi, label_en);
  const [lang, other, others] = first === label_vi ? ["vi", label_en, "en"] : ["en", label_vi, "vi"];
  return (
    <aside className="not-evidence" data-testid="not-evidence">
      <TriangleAlert aria-hidden="true" />
      <p>
        <strong lang={lang}>{first}</strong>
        <span lang={others}>{other}</span>
      </p>
    </aside>
  );
}
