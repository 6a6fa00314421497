import { WifiOff, X } from "lucide-react";
import { Dialog } from "radix-ui";
import type { ReactNode } from "react";
import { useText } from "../i18n";
import { useKeyLayer } from "../scan/keyboard";
import { useDesk } from "../state/provider";

interface Props {
  open: boolean;
  title: string;
  onClose: () => void;
  wide?: boolean;
  /** Keys while it is open; what it does not take goes nowhere else. */
  onKey?: (key: string) => boolean;
  className?: string;
  children: ReactNode;
}

/** The field that is to be typed in first, else the dialog itself: never its close button, which Enter would press. */
function focusFirst(event: Event): void {
  const sheet = event.currentTarget as HTMLElement;
  event.preventDefault();
  const field = sheet.querySelector<HTMLElement>("[data-first]") ?? sheet;
  field.focus();
}

/** The frame of every dialog. What is typed in it is kept by its owner, so closing loses nothing. */
export function Sheet({ open, title, onClose, wide = false, onKey, className = "", children }: Props) {
  const { t } = useText();
  const { online } = useDesk();
  useKeyLayer((key) => onKey?.(key) ?? false, open);
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="overlay" />
        <Dialog.Content className={`dialog sheet ${wide ? "sheet-wide" : ""} ${className}`} data-modal="true" aria-describedby={undefined} onOpenAutoFocus={focusFirst}>
          <header className="dialog-head">
            <Dialog.Title>{title}</Dialog.Title>
            <Dialog.Close className="icon-button" aria-label={t("dialog.close")}>
              <X aria-hidden="true" />
            </Dialog.Close>
          </header>
          {!online && (
            <p className="problem" role="alert">
              <WifiOff aria-hidden="true" />
              {t("dialog.offline")}
            </p>
          )}
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
