import { useState } from "react";
import { pictureUrl } from "../api/client";
import type { CaseView } from "../api/types";
import { useText } from "../i18n";

/** The picture of one passage, as the agent keeps it. */
export function CasePicture({ of, large = false }: { of: CaseView; large?: boolean }) {
  const { t } = useText();
  const [failed, setFailed] = useState<string | null>(null);
  if (!of.picture || failed === of.access) return large ? <p className="quiet">{t("case.no_picture")}</p> : null;
  return <img className={large ? "case-picture-large" : "case-picture"} src={pictureUrl(of.access)} alt={t("case.picture")} onError={() => setFailed(of.access)} />;
}
