import { useQueryClient } from "@tanstack/react-query";
import { GitMerge, Undo2, ScanEye } from "lucide-react";
import { Tabs } from "radix-ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { mayEditPolicy } from "../../shell/places";
import { useAddress, useOneSite } from "../../shell/site";
import { useUser } from "../../shell/user";
import { Loaded } from "../../ui/loaded";
import { Note } from "../../ui/outcome";
import { PageHead } from "../../ui/page-head";
import { ChangeList } from "./changes";
import { GatesTab } from "./gates-tab";
import { HistoryTab } from "./history";
import { HolidaysTab } from "./holidays-tab";
import { PreviewDialog } from "./preview";
import { QuotasTab } from "./quotas-tab";
import { SchedulesTab } from "./schedules-tab";
import { type Draft, useDraft } from "./use-draft";

const TABS = ["gates", "schedules", "holidays", "quotas", "history"] as const;

/** What a site's gates go by, as forms: nothing changes at a gate before it was previewed and saved. */
export function PolicyPage() {
  const { site } = useOneSite();
  return site ? <Editor key={site} site={site} /> : null;
}

function Editor({ site }: { site: string }) {
  const { t } = useTranslation();
  const user = useUser();
  const [address, change] = useAddress();
  const tab = TABS.find((name) => name === address.get("tab")) ?? "gates";
  const draft = useDraft(site);
  const edit = mayEditPolicy(user) ? draft.change : undefined;
  return (
    <div className="page policy">
      <PageHead title={t("policy.title")} lead={t("policy.lead")} query={draft.query} oneSite />
      {!edit && <Note>{t("policy.read_only")}</Note>}
      <Loaded query={{ ...draft.query, data: draft.draft }}>
        {(document) => (
          <>
            <Tabs.Root value={tab} onValueChange={(next) => change({ tab: next === "gates" ? "" : next })}>
              <Tabs.List className="tabs" aria-label={t("policy.title")}>
                {TABS.map((name) => (
                  <Tabs.Trigger key={name} value={name} className="tab">
                    {t(`policy.tab.${name}`)}
                  </Tabs.Trigger>
                ))}
              </Tabs.List>
              <Tabs.Content value="gates">
                <GatesTab document={document} edit={edit} />
              </Tabs.Content>
              <Tabs.Content value="schedules">
                <SchedulesTab document={document} edit={edit} />
              </Tabs.Content>
              <Tabs.Content value="holidays">
                <HolidaysTab document={document} edit={edit} />
              </Tabs.Content>
              <Tabs.Content value="quotas">
                <QuotasTab document={document} site={site} />
              </Tabs.Content>
              <Tabs.Content value="history">
                <HistoryTab site={site} />
              </Tabs.Content>
            </Tabs.Root>
            {edit && <ChangeBar site={site} draft={draft} />}
          </>
        )}
      </Loaded>
    </div>
  );
}

/** How much was changed and not yet saved, what another saved meanwhile, and the way to save. */
function ChangeBar({ site, draft }: { site: string; draft: Draft }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const saved = draft.save.isSuccess && draft.changes.length === 0;
  const { conflict } = draft;
  return (
    <>
      {conflict && (
        <section className="card conflict" role="alert" data-testid="conflict">
          <h2 className="with-icon">
            <GitMerge aria-hidden="true" />
            {t("policy.conflict", { version: conflict.version })}
          </h2>
          <p>{t("policy.conflict_text")}</p>
          <ChangeList changes={conflict.theirs} />
          {conflict.both.length > 0 && (
            <>
              <h3>{t("policy.conflict_both")}</h3>
              <ChangeList changes={conflict.both} />
            </>
          )}
          <button type="button" className="button" onClick={draft.forgetConflict}>
            {t("policy.conflict_seen")}
          </button>
        </section>
      )}
      <footer className={`change-bar ${draft.changes.length > 0 ? "change-bar-on" : ""}`} aria-live="polite">
        <span>{saved ? t("policy.saved", { version: draft.save.data?.version ?? 0 }) : draft.changes.length > 0 ? t("policy.changes", { count: draft.changes.length }) : t("policy.no_changes")}</span>
        {draft.changes.length > 0 && (
          <>
            <button type="button" className="button button-quiet" onClick={() => window.confirm(t("policy.discard_sure")) && draft.discard()}>
              <Undo2 aria-hidden="true" />
              {t("policy.discard")}
            </button>
            <button
              type="button"
              className="button button-primary"
              onClick={() => {
                draft.save.reset();
                void client.removeQueries({ queryKey: ["policy-preview"] });
                setOpen(true);
              }}
            >
              <ScanEye aria-hidden="true" />
              {t("policy.preview")}
            </button>
          </>
        )}
      </footer>
      {open && draft.changes.length > 0 && <PreviewDialog site={site} draft={draft} onClose={() => setOpen(false)} />}
    </>
  );
}
