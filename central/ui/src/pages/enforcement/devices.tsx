import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ArrowRight, Cctv, PencilLine } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { DeviceRecord, DeviceRow } from "../../api/case-types";
import { caseKeys, casesApi, useDevices } from "../../api/cases";
import { useCameras } from "../../api/queries";
import { isDay, written } from "../../format/days";
import { mayReview, maySign } from "../../shell/places";
import { useSite } from "../../shell/site";
import { useUser } from "../../shell/user";
import { Field } from "../../ui/field";
import { Loaded } from "../../ui/loaded";
import { Refusal } from "../../ui/outcome";
import { PageHead } from "../../ui/page-head";
import { Select } from "../../ui/select";
import { Time, useNow } from "../../ui/time";
import { Badge } from "../../ui/verdict";
import { useWord } from "../../ui/words";
import { DeviceForm } from "./device-form";
import { type Validity, admissible, deviceDiff, validity } from "./validity";

/** Approval, calibration and users of each enforcement camera: without them nothing it sees is evidence. */
export function DevicesPage() {
  const { t } = useTranslation();
  const site = useSite();
  const user = useUser();
  const query = useDevices();
  const cameras = (useCameras().data ?? []).filter((row) => !site || row.site === site);
  const [editing, setEditing] = useState<Editing | null>(null);
  const nameOf = (at: { site: string; camera: string }) => cameras.find((one) => one.site === at.site && one.camera === at.camera)?.name ?? at.camera;
  const edit = (row: DeviceRow) => setEditing({ at: { site: row.site, camera: row.camera, name: nameOf(row) }, record: recordIn(row) });
  const bare = cameras.filter((camera) => query.data?.every((row) => row.site !== camera.site || row.camera !== camera.camera));
  return (
    <div className="page">
      <PageHead title={t("devices.title")} lead={t("devices.lead")} query={query}>
        {mayReview(user) && bare.length > 0 && (
          <Select
            label={t("devices.begin")}
            all={t("devices.begin_for")}
            value=""
            options={bare.map((camera) => ({ value: `${camera.site}/${camera.camera}`, label: camera.name ?? camera.camera }))}
            onChange={(value) => {
              const camera = bare.find((one) => `${one.site}/${one.camera}` === value);
              if (camera) setEditing({ at: { site: camera.site, camera: camera.camera, name: camera.name ?? camera.camera }, record: null });
            }}
          />
        )}
      </PageHead>
      <Loaded query={query} shape="camera" count={2} isEmpty={(rows) => rows.length === 0} empty={{ icon: Cctv, title: t("devices.empty"), hint: t("devices.empty_hint") }}>
        {(rows) => (
          <ol className="device-list">
            {rows
              .filter((row) => !site || row.site === site)
              .map((row) => (
                <Device key={row.site + row.camera} row={row} name={nameOf(row)} onEdit={mayReview(user) ? () => edit(row) : undefined} />
              ))}
          </ol>
        )}
      </Loaded>
      {editing && <DeviceForm {...editing} onClose={() => setEditing(null)} />}
    </div>
  );
}

interface Editing {
  at: { site: string; camera: string; name: string };
  record: DeviceRecord | null;
}

/** The record alone, without what the list adds. */
function recordIn({ version: _, approved_at: __, approved_by: ___, proposal: ____, valid_from: _____, ...record }: DeviceRow): DeviceRecord {
  return record;
}

function Device({ row, name, onEdit }: { row: DeviceRow; name: string; onEdit?: () => void }) {
  const { t } = useTranslation();
  const word = useWord();
  const now = useNow(60_000);
  // What nobody has approved yet is shown, and counts for nothing.
  const good = row.approved_at ? admissible(row, now) : "no";
  return (
    <li className={`card device tone-${GOOD[good]}`} data-device={row.camera} data-good={good}>
      <header className="card-head">
        <div>
          <h2>{name}</h2>
          <p className="quiet">
            {word("device_type", row.type)} {row.model} · {row.serial} · {t("devices.annex", { item: row.annex_item })} {row.approved_at && row.version ? `· v${row.version}` : ""}
          </p>
        </div>
        <Badge tone={GOOD[good]} size="s">
          {t(`devices.usable.${good}`)}
        </Badge>
      </header>
      <Bar word={t("devices.approval")} note={row.approval_decision ? `${row.approval_decision.no}, ${row.approval_decision.by}` : null} to={row.approval_decision?.to} is={validity(row.approval_decision?.from, row.approval_decision?.to, now)} />
      <Bar word={t("devices.calibration")} note={row.calibration ? `${row.calibration.cert_no}, ${row.calibration.agency}` : null} to={row.calibration?.to} is={validity(row.calibration?.from, row.calibration?.to, now)} optional />
      <dl className="facts">
        <div className="fact">
          <dt>{t("devices.position")}</dt>
          <dd>{row.approved_position ? `${row.approved_position.vi} (±${row.approved_position.radius_m} m)` : t("devices.none")}</dd>
        </div>
        <div className="fact">
          <dt>{t("devices.users")}</dt>
          <dd>{row.trained_users.join(", ") || t("devices.none")}</dd>
        </div>
        <div className="fact">
          <dt>{t("devices.clock")}</dt>
          <dd>±{row.max_clock_offset_ms} ms</dd>
        </div>
        <div className="fact">
          <dt>{t("devices.sign")}</dt>
          <dd>{row.sign_installed ? written(row.sign_installed.on) : t("devices.none")}</dd>
        </div>
        <div className="fact">
          <dt>{t("cases.state")}</dt>
          <dd>{word("device_status", row.status)}</dd>
        </div>
        {row.valid_from && (
          <div className="fact">
            <dt>{t("devices.counts_from")}</dt>
            <dd>
              <Time at={row.valid_from} form="short" /> · {row.approved_by}
            </dd>
          </div>
        )}
      </dl>
      {row.proposal ? (
        <Proposal row={row} />
      ) : (
        onEdit && (
          <button type="button" className="button" onClick={onEdit}>
            <PencilLine aria-hidden="true" />
            {t("devices.propose")}
          </button>
        )
      )}
    </li>
  );
}

const GOOD = { yes: "admit", no: "deny", depends: "unknown" } as const;
const TONE: Record<Validity["state"], string> = { valid: "admit", soon: "wait", over: "deny", missing: "deny", future: "wait" };

/** How much of a validity has gone, and its last day in words. */
function Bar({ word, note, to, is, optional }: { word: string; note: string | null; to?: string | null; is: Validity; optional?: boolean }) {
  const { t } = useTranslation();
  const until = to ? written(to.slice(0, 10)) : "";
  return (
    <div className={`valid tone-${optional && is.state === "missing" ? "unknown" : TONE[is.state]}`} data-valid={is.state}>
      <p>
        <b>{word}</b> <span className="quiet">{note}</span>
      </p>
      <p className="valid-word">{is.state === "valid" && !to ? t("devices.open_end") : optional && is.state === "missing" ? t("devices.maybe_none") : t(`devices.valid.${is.state}`, { day: until, days: Number.isFinite(is.days) ? is.days : 0 })}</p>
      <span className="due-bar" aria-hidden="true">
        <span style={{ width: `${is.state === "missing" ? 0 : Math.max(2, (to ? is.share : 0.02) * 100)}%` }} />
      </span>
    </div>
  );
}

/** A proposed record with its difference; a commander other than the proposer decides. */
function Proposal({ row }: { row: DeviceRow }) {
  const { t } = useTranslation();
  const user = useUser();
  const word = useWord();
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const [refusing, setRefusing] = useState(false);
  const proposal = row.proposal;
  const after = () => void client.invalidateQueries({ queryKey: caseKeys.devices });
  const approve = useMutation({ mutationFn: () => casesApi.approveDevice(row.site, row.camera, proposal?.id ?? ""), onSuccess: after });
  const refuse = useMutation({ mutationFn: () => casesApi.refuseDevice(row.site, row.camera, proposal?.id ?? "", reason.trim()), onSuccess: after });
  if (!proposal) return null;
  return (
    <section className="device-proposal" data-testid="proposal">
      <h3>
        {t("devices.proposed", { by: proposal.by })} · <Time at={proposal.at} form="short" />
      </h3>
      {proposal.note && <p>{proposal.note}</p>}
      <ul className="changes">
        {deviceDiff(row.approved_at ? row : null, proposal.record).map(({ path, from, to }) => (
          <li key={path}>
            <span className="change-values">
              <span>{path.split(".").map((part) => word("device_field", part)).join(" · ")}:</span>
              <del>{asWritten(from)}</del>
              <ArrowRight aria-hidden="true" />
              <ins>{asWritten(to)}</ins>
            </span>
          </li>
        ))}
      </ul>
      {maySign(user) && proposal.mine && <p className="quiet">{t("devices.own")}</p>}
      {maySign(user) && !proposal.mine && (
        <div className="form-acts">
          <button type="button" className="button button-primary" aria-busy={approve.isPending} onClick={() => approve.mutate()}>
            {t("devices.approve")}
          </button>
          {refusing ? (
            <form
              className="otherwise-form"
              onSubmit={(event) => {
                event.preventDefault();
                if (reason.trim()) refuse.mutate();
              }}
            >
              <Field word={t("law.why_not")}>
                <input value={reason} maxLength={300} onChange={(event) => setReason(event.target.value)} />
              </Field>
              <button type="submit" className="button button-danger" disabled={!reason.trim()}>
                {t("devices.refuse")}
              </button>
            </form>
          ) : (
            <button type="button" className="button button-danger" onClick={() => setRefusing(true)}>
              {t("devices.refuse")}
            </button>
          )}
        </div>
      )}
      {!maySign(user) && <p className="quiet">{t("devices.waits")}</p>}
      <Refusal error={approve.error ?? refuse.error} />
    </section>
  );
}

/** A day as people write it; anything else as it is. */
const asWritten = (value: string) => (isDay(value) ? written(value) : value || "–");
