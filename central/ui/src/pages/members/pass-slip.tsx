import { Printer } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { MadePass } from "../../api/types";
import { dateTime } from "../../format/time";
import { useSiteName } from "../../shell/site";
import { Copy } from "../../ui/copy";
import { Dialog } from "../../ui/dialog";
import { Note } from "../../ui/outcome";
import { Qr } from "../../ui/qr";
import { useWord } from "../../ui/words";

/** The new pass with its code: shown this once, to be printed or sent. */
export function PassSlip({ made, onClose }: { made: MadePass; onClose: () => void }) {
  const { t } = useTranslation();
  const word = useWord();
  const siteName = useSiteName();
  const { pass } = made;
  return (
    <Dialog title={t("passes.made")} open onClose={onClose}>
      <div className="pass-slip" data-testid="pass-slip">
        <Qr svg={made.qr_svg} alt={t("passes.qr")} />
        <div className="pass-words">
          <p className="quiet">{siteName(pass.site)}</p>
          <h3>{pass.label}</h3>
          <p>{word("pass_kind", pass.kind)}</p>
          {pass.plate && <code className="plate-text">{pass.plate}</code>}
          <p>
            {dateTime(pass.valid_from).slice(0, 16)} – {dateTime(pass.valid_until).slice(0, 16)}
          </p>
          <p>{pass.uses === null ? t("passes.any_times") : t("passes.times", { count: pass.uses })}</p>
          <p className="mono pass-code">{made.code}</p>
        </div>
      </div>
      <Note tone="wait">{t("passes.once_shown")}</Note>
      <div className="form-acts no-print">
        <button type="button" className="button button-primary" onClick={() => window.print()}>
          <Printer aria-hidden="true" />
          {t("muster.print")}
        </button>
        <Copy value={made.code} label={t("passes.copy")} />
        <button type="button" className="button" onClick={onClose}>
          {t("keys.close")}
        </button>
      </div>
    </Dialog>
  );
}
