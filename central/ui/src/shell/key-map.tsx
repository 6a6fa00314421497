import { X } from "lucide-react";
import { Dialog } from "radix-ui";
import { useTranslation } from "react-i18next";

const GROUPS = [
  ["anywhere", [["?", "help"], ["g l", "go_feed"], ["g a", "go_alerts"], ["g g", "go_gates"], ["g d", "go_accesses"], ["g i", "go_inside"], ["g f", "go_figures"], ["g m", "go_members"], ["g c", "go_cameras"], ["g r", "go_review"], ["g h", "go_handlings"], ["g n", "go_violations"], ["g s", "go_sections"], ["g v", "language"], ["g t", "theme"], ["Esc", "close"]]],
  ["lists", [["j", "down"], ["k", "up"], ["Enter", "open"], ["n", "show_new"], ["/", "search"]]],
  ["pictures", [["← →", "flip"], ["b", "boxes"]]],
  ["review", [["a a", "approve"], ["r", "reject"], ["e", "escalate"], ["p", "type_plate"], ["c", "take_case"], ["u", "give_back"]]],
  ["clip", [["Space", "play"], [", .", "frame"], ["1 2 3", "jump"], ["[ ]", "speed"], ["l", "loop"], ["o", "layer"], ["z", "loupe"], ["- + 0", "zoom"]]],
  ["alert", [["a", "acknowledge"], ["v", "verify"], ["c", "confirm"], ["f", "false_alarm"], ["x", "finish"]]],
  ["scene", [["s", "scene_select"], ["l", "scene_lane"], ["t", "scene_stop"], ["n", "scene_entry"], ["x", "scene_exit"], ["z", "scene_zone"], ["m", "scene_marking"], ["d", "scene_lamp"], ["r", "scene_ground"], ["Enter", "scene_finish"], ["← →", "scene_nudge"], ["Delete", "scene_remove"], ["- + 0", "zoom"]]],
] as const;

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function KeyMapDialog({ open, onOpenChange }: Props) {
  const { t } = useTranslation();
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="overlay" />
        <Dialog.Content className="dialog" data-modal="true" aria-describedby={undefined}>
          <header className="dialog-head">
            <Dialog.Title>{t("keys.title")}</Dialog.Title>
            <Dialog.Close className="icon-button" aria-label={t("keys.close")}>
              <X aria-hidden="true" />
            </Dialog.Close>
          </header>
          <div className="key-groups">
            {GROUPS.map(([group, rows]) => (
              <section key={group}>
                <h3>{t(`keys.${group}`)}</h3>
                <dl>
                  {rows.map(([stroke, word]) => (
                    <div key={word}>
                      <dt>
                        {stroke.split(" ").map((key) => (
                          <kbd key={key}>{key.length === 1 ? key.toUpperCase() : key}</kbd>
                        ))}
                      </dt>
                      <dd>{t(`keys.${word}`)}</dd>
                    </div>
                  ))}
                </dl>
              </section>
            ))}
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
