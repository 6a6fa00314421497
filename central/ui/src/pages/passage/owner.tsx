import { EyeOff, UserRoundX } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Owner, PassageDetail } from "../../api/types";
import { useVehicleWords } from "../../ui/vehicle";
import { Badge } from "../../ui/verdict";
import { registryTone } from "../../format/verdict";
import { pick } from "../../i18n";
import { Fact } from "../alerts/panel";

export function OwnerCard({ passage }: { passage: PassageDetail }) {
  const { t } = useTranslation();
  const { owner, vehicle } = passage;
  const status = passage.registry.status;
  const vehicleWords = useVehicleWords();
  const words = vehicle && vehicleWords(vehicle);
  return (
    <section className="card" data-testid="owner">
      <header className="card-head">
        <h2>{t("passage.owner")}</h2>
        <Badge tone={registryTone(status)} size="s">
          {t(`verdict.${status}`)}
        </Badge>
      </header>
      {owner ? (
        <OwnerFacts owner={owner} />
      ) : (
        <p className="quiet with-icon">
          <UserRoundX aria-hidden="true" />
          {t("passage.owner_none")}
        </p>
      )}
      {words && (
        <dl className="facts facts-line">
          <Fact word={t("passage.make")}>{words.make ?? "–"}</Fact>
          <Fact word={t("passage.colour")}>{words.colour ?? "–"}</Fact>
          <Fact word={t("passage.type")}>{words.type ?? "–"}</Fact>
        </dl>
      )}
    </section>
  );
}

function useMaskReason(owner: Owner): string {
  const { t, i18n } = useTranslation();
  return pick(i18n.language, owner.mask_reason_vi ?? "", owner.mask_reason_en ?? "") || t("passage.mask_reason");
}

function OwnerFacts({ owner }: { owner: Owner }) {
  const { t } = useTranslation();
  const reason = useMaskReason(owner);
  const organisation = owner.kind?.startsWith("org") ?? false;
  const masked = (field: string) => owner.masked.includes(field);
  return (
    <>
      <dl className="facts">
        <Fact word={t(organisation ? "passage.org_name" : "passage.name")}>
          <Field value={owner.name} masked={masked("name")} reason={reason} strong />
        </Fact>
        <Fact word={t("passage.address")}>
          <Field value={owner.address} masked={masked("address")} reason={reason} />
        </Fact>
        <Fact word={t("passage.id_number")}>
          <Field value={owner.id_number} masked={masked("id_number")} reason={reason} mono />
        </Fact>
      </dl>
      {owner.masked.length > 0 && (
        <p className="mask-note" data-testid="masked">
          <EyeOff aria-hidden="true" />
          {t("passage.masked_why", { reason })}
        </p>
      )}
    </>
  );
}

function Field({ value, masked, reason, strong, mono }: { value: string | null; masked: boolean; reason: string; strong?: boolean; mono?: boolean }) {
  const { t } = useTranslation();
  const shown = value ?? (masked ? t("passage.hidden") : "–");
  return (
    <span className={`${strong ? "strong" : ""} ${mono && value ? "mono" : ""} ${masked ? "masked" : ""}`}>
      {shown}
      {masked && (
        <span className="mask" title={t("passage.masked_why", { reason })}>
          <EyeOff aria-hidden="true" />
          {t("passage.masked")}
        </span>
      )}
    </span>
  );
}
