import { Building2, CircleCheck, FileText, LockKeyhole, MailCheck, Megaphone, Paperclip, Receipt, UserRound } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { HandlingDetail, Liable } from "../../api/handling-types";
import { dong } from "../../format/money";
import { bytes } from "../../format/numbers";
import { useKeepSite } from "../../shell/site";
import { Confidence } from "../../ui/confidence";
import { DueBar } from "../../ui/due";
import { Plate } from "../../ui/plate";
import { Time } from "../../ui/time";
import { Badge } from "../../ui/verdict";
import { useSay, useWord } from "../../ui/words";
import { DraftLink } from "./draft-link";
import { useLacks } from "./words";

/** Central's own addresses only: anything else is shown as text. */
const own = (url: string) => (/^\/(api\/v1\/)?[\w/.\-%?=&]*$/.test(url) ? (url.startsWith("/api/") ? url : `/api/v1${url}`) : null);

export function LiableCard({ handling }: { handling: HandlingDetail }) {
  return (
    <>
      <PartyCard title="liable" liable={handling.liable} />
      {handling.named && <PartyCard title="named" liable={handling.named} />}
    </>
  );
}

function PartyCard({ title, liable }: { title: "liable" | "named"; liable: Liable | null }) {
  const { t } = useTranslation();
  const say = useSay();
  const word = useWord();
  const Icon = liable?.kind === "org" ? Building2 : UserRound;
  return (
    <section className="card">
      <h2>{t(`handlings.${title}`)}</h2>
      {liable ? (
        <>
          <p className="with-icon owner-strong">
            <Icon aria-hidden="true" />
            {liable.name ?? t("passage.hidden")}
          </p>
          <dl className="facts">
            <Fact word={t("handlings.basis")}>{word("liable_basis", liable.basis)}</Fact>
            {liable.address && <Fact word={t("passage.address")}>{liable.address}</Fact>}
            {liable.drove && <Fact word={t("handlings.drove")}>{t(liable.licence_known ? "handlings.drove_licence" : "handlings.drove_yes")}</Fact>}
            {liable.id_number && <Fact word={t("passage.id_number")}>{liable.id_number}</Fact>}
          </dl>
          {(liable.masked?.length ?? 0) > 0 && (
            <p className="mask-note">
              <LockKeyhole aria-hidden="true" />
              {t("passage.masked_why", { reason: say(liable.mask_reason_vi, liable.mask_reason_en) || t("passage.mask_reason") })}
            </p>
          )}
        </>
      ) : (
        <p className="quiet">{t("handlings.nobody")}</p>
      )}
    </section>
  );
}

function Fact({ word, children }: { word: string; children: React.ReactNode }) {
  return (
    <div className="fact">
      <dt>{word}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Each behaviour with its range, the proposed and the fixed amount; what several of them come to together. */
export function ActsCard({ handling }: { handling: HandlingDetail }) {
  const { t, i18n } = useTranslation();
  const say = useSay();
  const word = useWord();
  const n = (amount: number | null) => dong(amount, i18n.language);
  const { acts, combined, total } = handling;
  return (
    <section className="card" data-testid="acts">
      <h2>{t("handlings.acts")}</h2>
      <div className="table-scroll">
        <table className="table acts-table">
          <thead>
            <tr>
              <th scope="col">{t("handlings.behaviour")}</th>
              <th scope="col" className="table-number">{t("handlings.range")}</th>
              <th scope="col" className="table-number">{t("handlings.proposed")}</th>
              <th scope="col" className="table-number">{t("handlings.amount")}</th>
              <th scope="col" className="table-number">{t("handlings.points")}</th>
            </tr>
          </thead>
          <tbody>
            {acts.map((act, at) => (
              <tr key={act.behaviour + at}>
                <td>
                  <span className="clause">{act.clause}</span> {say(act.title_vi, act.title_en) || act.behaviour}
                  <small className="circumstance">
                    {act.case_number} · {act.legal_basis} <Confidence of={act.confidence} />
                  </small>
                  {!act.expired && act.amount === null && (
                    <small className="circumstance">
                      {t("handlings.statute_ends")} <Time at={act.statute_ends} form="short" />
                    </small>
                  )}
                  {act.expired && <small className="circumstance tone-text-deny">{t("handlings.act_expired")}</small>}
                  {act.circumstances.map((one) => (
                    <small key={one} className="circumstance">
                      {one}
                    </small>
                  ))}
                </td>
                <td className="table-number" data-word={t("handlings.range")}>
                  {n(act.low)} – {n(act.high)}
                </td>
                <td className="table-number" data-word={t("handlings.proposed")}>{n(act.proposed)}</td>
                <td className="table-number strong" data-word={t("handlings.amount")}>{act.amount === null ? t("handlings.not_fixed") : n(act.amount)}</td>
                <td className="table-number" data-word={t("handlings.points")}>{act.revocation_months ? t("review.revoked", { months: act.revocation_months.join("–") }) : act.points || "–"}</td>
              </tr>
            ))}
          </tbody>
          {total !== null && (
            <tfoot>
              <tr>
                <th scope="row" colSpan={3}>
                  {t("handlings.total")}
                </th>
                <td className="table-number strong" data-testid="total">{n(total)}</td>
                <td className="table-number strong">{combined?.points || "–"}</td>
              </tr>
            </tfoot>
          )}
        </table>
      </div>
      {handling.points.state !== "none" && <p data-testid="points">{t("handlings.points_are", { state: word("points_state", handling.points.state), count: handling.points.taken, left: handling.points.left ?? "?" })}</p>}
      {acts.length > 1 && combined && <p className="quiet">{combined.revocation_months ? t("handlings.only_revoked", { months: combined.revocation_months.join("–") }) : t("handlings.highest_points")}</p>}
    </section>
  );
}

/** What runs, from when, until when, by which text; met ones stay to be seen. */
export function DeadlinesCard({ handling }: { handling: HandlingDetail }) {
  const { t } = useTranslation();
  const say = useSay();
  const rows = handling.deadlines.toSorted((a, b) => Number(a.met_at !== null) - Number(b.met_at !== null) || a.due_at.localeCompare(b.due_at));
  return (
    <section className="card" data-testid="deadlines">
      <h2>{t("handlings.deadlines")}</h2>
      <ol className="deadline-list">
        {rows.map((row) => (
          <li key={row.what} data-deadline={row.what}>
            {row.met_at ? (
              <p className="deadline-met">
                <CircleCheck aria-hidden="true" />
                <span>{say(row.what_vi, row.what_en) || row.what}</span>
                <span className="quiet">
                  {t("handlings.met")} <Time at={row.met_at} form="short" />
                </span>
              </p>
            ) : (
              <DueBar due={{ what: row.what, at: row.due_at, share: row.share }} label={say(row.what_vi, row.what_en) || undefined} />
            )}
            <small>
              <Time at={row.due_at} /> · {row.basis} {row.confidence !== "H" && <Confidence of={row.confidence} />} · {t("handlings.law_version", { version: row.law_version })}
              {!row.calendar_known && <b className="tone-text-wait"> · {t("handlings.calendar")}</b>}
              {row.alerts.length > 0 && ` · ${t("handlings.alerts", { levels: row.alerts.map((level) => `${level} %`).join(", ") })}`}
            </small>
          </li>
        ))}
      </ol>
    </section>
  );
}

export function PaymentCard({ handling }: { handling: HandlingDetail }) {
  const { t, i18n } = useTranslation();
  const { payment } = handling;
  if (!payment) return null;
  const n = (amount: number) => dong(amount, i18n.language);
  const { left } = payment;
  return (
    <section className="card" data-testid="payment">
      <h2>
        <Receipt aria-hidden="true" /> {t("handlings.payment")}{" "}
        <Badge tone={left <= 0 ? "admit" : payment.late_interest > 0 ? "deny" : "wait"} size="s">
          {t(left <= 0 ? "handlings.paid" : payment.late_interest > 0 ? "handlings.late" : "handlings.open")}
        </Badge>
      </h2>
      <dl className="facts">
        <Fact word={t("handlings.bill")}>
          <span className="mono">{payment.bill ?? "–"}</span>
        </Fact>
        <Fact word={t("handlings.fine")}>{n(payment.amount)}</Fact>
        {payment.late_interest > 0 && (
          <Fact word={t("handlings.interest")}>
            <b className="tone-text-deny">{n(payment.late_interest)}</b> <small>{t("handlings.interest_hint")}</small>
          </Fact>
        )}
        <Fact word={t("handlings.paid")}>{n(payment.paid)}</Fact>
        {left > 0 && <Fact word={t("handlings.left")}>{n(left)}</Fact>}
        {payment.overpaid > 0 && <Fact word={t("handlings.overpaid")}>{n(payment.overpaid)}</Fact>}
        {payment.receipt && (
          <Fact word={t("handlings.receipt")}>
            <span className="mono">{payment.receipt}</span>
          </Fact>
        )}
      </dl>
    </section>
  );
}

export function DocumentsCard({ handling }: { handling: HandlingDetail }) {
  const { t } = useTranslation();
  const word = useWord();
  const lacks = useLacks();
  return (
    <section className="card" data-testid="documents">
      <h2>{t("handlings.documents")}</h2>
      {handling.documents.length === 0 && <p className="quiet">{t("handlings.no_documents")}</p>}
      <ul className="document-list">
        {handling.documents.map((row) => {
          const url = row.url && own(row.url);
          return (
            <li key={row.kind + (row.id ?? row.state)}>
              <FileText aria-hidden="true" />
              <span>
                <b>{word("document_kind", row.kind)}</b> {row.number && <span className="mono">{row.number}</span>}
                <small>
                  {[word("document_state", row.state), row.signed_by ?? row.drafted_by].filter(Boolean).join(" · ")}
                  {row.issued_at && (
                    <>
                      {" · "}
                      <Time at={row.issued_at} form="short" />
                    </>
                  )}
                </small>
                {row.lacks.length > 0 && <small className="tone-text-deny">{t("handlings.lacks", { what: lacks(row.lacks) })}</small>}
              </span>
              {row.state === "drafted" && <DraftLink handling={handling.id} paper={row.kind} />}
              {url && (
                <a className="button" href={url} target="_blank" rel="noreferrer" aria-label={`${t("handlings.open_pdf")}: ${word("document_kind", row.kind)}`}>
                  {t("handlings.open_pdf")}
                </a>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** What came back from the citizen, with its attachments. */
export function ResponsesCard({ handling }: { handling: HandlingDetail }) {
  const { t, i18n } = useTranslation();
  const word = useWord();
  if (handling.responses.length === 0) return null;
  return (
    <section className="card" data-testid="responses">
      <h2>{t("handlings.responses")}</h2>
      <ol className="history">
        {handling.responses.map((row) => (
          <li key={row.at + row.kind}>
            <b>{word("response_kind", row.kind)}</b>
            {row.text && <q>{row.text}</q>}
            <span>
              <Time at={row.at} /> · {word("response_by", row.by)}
            </span>
            {row.attachments.map((file) => {
              const size = bytes(file.bytes, i18n.language);
              const url = own(`/handlings/${handling.id}/attachments/${encodeURIComponent(file.id)}`);
              return (
                <a key={file.id} className="link with-icon" href={url ?? undefined} target="_blank" rel="noreferrer">
                  <Paperclip aria-hidden="true" />
                  {file.name} · {t(size.key, { n: size.n })}
                </a>
              );
            })}
          </li>
        ))}
      </ol>
    </section>
  );
}

export function MessagesCard({ handling }: { handling: HandlingDetail }) {
  const { t } = useTranslation();
  const word = useWord();
  if (handling.messages.length === 0 && handling.warnings.length === 0) return null;
  return (
    <section className="card">
      {handling.messages.length > 0 && (
        <>
          <h2>
            <MailCheck aria-hidden="true" /> {t("handlings.messages")}
          </h2>
          <ul className="message-list">
            {handling.messages.map((row) => (
              <li key={row.channel + row.paper + row.at}>
                <b>{word("channel", row.channel)}</b> {row.paper && word("document_kind", row.paper)} <span className={`message-${row.state}`}>{word("message_state", row.state)}</span> <Time at={row.at} form="short" />
                {row.next_try && (
                  <small className="quiet">
                    {t("handlings.tried", { count: row.tries })} <Time at={row.next_try} form="short" />
                  </small>
                )}
              </li>
            ))}
          </ul>
        </>
      )}
      {handling.warnings.length > 0 && (
        <>
          <h2>
            <Megaphone aria-hidden="true" /> {t("handlings.warnings")}
          </h2>
          <ul className="message-list">
            {handling.warnings.map((row) => (
              <li key={row.target + row.sent_at}>
                <b>{word("warning_target", row.target)}</b> <span className={["removed", "cancelled"].includes(row.state) ? "tone-text-admit" : "tone-text-deny"}>{word("warning_state", row.state)}</span> <Time at={row.removed_at ?? row.removal_at ?? row.ack ?? row.sent_at} form="short" />
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

export function CasesCard({ handling }: { handling: HandlingDetail }) {
  const { t } = useTranslation();
  const say = useSay();
  const keep = useKeepSite();
  return (
    <section className="card">
      <h2>{t("handlings.cases")}</h2>
      <ul className="document-list">
        {handling.cases.map((row) => (
          <li key={row.id}>
            {row.plate_display ? <Plate display={row.plate_display} size="s" /> : <span />}
            <span>
              <b>{say(row.kind_vi, row.kind_en) || row.kind}</b>
              <small>
                <Time at={row.at} />
              </small>
            </span>
            <Link className="link mono" to={keep(`/cases/${row.id}`)}>
              {row.number}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
