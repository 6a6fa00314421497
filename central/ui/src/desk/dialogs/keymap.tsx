import { useText } from "../i18n";
import { Sheet } from "./sheet";

const GROUPS = [
  ["decide", [["1", "k1"], ["2", "k2"], ["3", "k3"], ["4", "k4"], ["1…9", "digits"], ["Esc", "esc"]]],
  ["barrier", [["Space", "space"], ["F2", "f2"], ["X", "x"]]],
  ["work", [["S", "s"], ["N", "n"], ["P", "p"], ["C", "c"], ["F8", "f8"], ["F9", "f9"]]],
  ["look", [["← →", "lanes"], ["Q", "q"], ["E", "e"], ["I", "i"], ["R", "r"], ["M", "m"], ["T", "t"], ["L", "l"], ["Enter", "enter"], ["?", "help"]]],
] as const;

export function KeyMapDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useText();
  return (
    <Sheet open={open} title={t("keymap.title")} onClose={onClose}>
      <div className="key-groups">
        {GROUPS.map(([group, rows]) => (
          <section key={group}>
            <h3>{t(`keymap.${group}`)}</h3>
            <dl>
              {rows.map(([stroke, word]) => (
                <div key={word}>
                  <dt>
                    {stroke.split(" ").map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </dt>
                  <dd>{t(`keymap.${word}`)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Sheet>
  );
}
