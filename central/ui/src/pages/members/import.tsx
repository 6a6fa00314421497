import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { fileUrl } from "../../api/client";
import { useGroups } from "../../api/gate-queries";
import { membersApi } from "../../api/members";
import type { MemberKind } from "../../api/types";
import { useOneSite } from "../../shell/site";
import { useUser } from "../../shell/user";
import { DropFile } from "../../ui/drop";
import { Check, SelectField } from "../../ui/field";
import { ImportSummary } from "../../ui/import-report";
import { Done, Refusal } from "../../ui/outcome";
import { PageHead } from "../../ui/page-head";

/** People or vehicles from a table: first what it would change, row by row; then, when that is right, applied. */
export function ImportPage() {
  const { t } = useTranslation();
  const { site } = useOneSite();
  const user = useUser();
  const client = useQueryClient();
  const groups = useGroups(site).data ?? [];
  const [kind, setKind] = useState<MemberKind>("person");
  const [chosen, setGroup] = useState("");
  const group = user.role === "enterprise" ? (user.group ?? groups[0]?.id ?? "") : chosen || groups[0]?.id || "";
  const [file, setFile] = useState<File | null>(null);
  const [skip, setSkip] = useState(false);
  const preview = useMutation({ mutationFn: (table: File) => membersApi.previewImport(site, kind, group, table) });
  const apply = useMutation({
    mutationFn: () => membersApi.applyImport(site, preview.data?.preview_id ?? "", skip),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["members"] });
      void client.invalidateQueries({ queryKey: ["groups"] });
      setFile(null);
      preview.reset();
    },
  });
  const take = (table: File) => {
    setFile(table);
    setSkip(false);
    apply.reset();
    preview.mutate(table);
  };
  const restart = () => {
    setFile(null);
    preview.reset();
    apply.reset();
  };
  const report = preview.data;
  const mayApply = report?.preview_id && (report.errors.length === 0 || skip) && report.good > 0;
  return (
    <div className="page import">
      <PageHead title={t("import.title")} lead={t("import.lead")} oneSite />
      <div className="import-choices">
        <SelectField word={t("import.kind")} value={kind} options={(["person", "vehicle"] as const).map((value) => ({ value, label: t(`import.${value}`) }))} onChange={(next) => { setKind(next as MemberKind); restart(); }} />
        {user.role !== "enterprise" && groups.length > 0 && <SelectField word={t("inside.group")} value={group} options={groups.map(({ id, name }) => ({ value: id, label: name }))} onChange={(next) => { setGroup(next); restart(); }} />}
        <div className="field">
          <span>{t("import.template")}</span>
          <div className="form-acts">
            {["xlsx", "csv"].map((format) => (
              <a key={format} className="button" href={fileUrl("/members/template", { kind, format })} download>
                <Download aria-hidden="true" />
                {format.toUpperCase()}
              </a>
            ))}
          </div>
        </div>
      </div>
      <DropFile file={file} onFile={take} accept=".csv,.xlsx" />
      {preview.isPending && <p role="status">{t("import.reading")}</p>}
      <Refusal error={preview.error ?? apply.error} />
      {report && (
        <>
          <ImportSummary report={report} />
          {report.errors.length > 0 && report.good > 0 && <Check word={t("import.skip", { count: report.good })} checked={skip} onChange={setSkip} />}
          <div className="form-acts">
            <button type="button" className="button button-primary" disabled={!mayApply} aria-busy={apply.isPending} onClick={() => !apply.isPending && apply.mutate()}>
              {t("import.apply", { count: report.new + report.changed })}
            </button>
            <button type="button" className="button" onClick={restart}>
              {t("import.cancel")}
            </button>
          </div>
        </>
      )}
      {apply.isSuccess && <Done>{t("import.applied", { new: apply.data.new, changed: apply.data.changed })}</Done>}
    </div>
  );
}
