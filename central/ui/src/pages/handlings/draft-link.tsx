import { FileText } from "lucide-react";
import { useTranslation } from "react-i18next";
import { draftUrl } from "../../api/handlings";
import { useWord } from "../../ui/words";

/** The draft as it would be signed, in a tab of its own; nothing for a paper without one. */
export function DraftLink({ handling, paper }: { handling: string; paper: string }) {
  const { t } = useTranslation();
  const word = useWord();
  const url = draftUrl(handling, paper);
  if (!url) return null;
  return (
    <a className="button draft-link" href={url} target="_blank" rel="noreferrer" aria-label={`${t("handlings.see_draft")}: ${word("document_kind", paper)}`} data-testid="see-draft">
      <FileText aria-hidden="true" />
      {t("handlings.see_draft")}
    </a>
  );
}
