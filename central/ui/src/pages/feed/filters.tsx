import { LayoutGrid, Rows3, ScanSearch, Square, SquareDashed, X } from "lucide-react";
import { ToggleGroup } from "radix-ui";
import { useTranslation } from "react-i18next";
import { useCameras } from "../../api/queries";
import type { PassageFilter } from "../../api/types";
import { useAddress, useSite } from "../../shell/site";
import { toggleBoxes, useBoxes } from "../../ui/boxes";
import { Select } from "../../ui/select";
import { TextFilter } from "../../ui/text-filter";

const CLASSES = ["car", "motorcycle", "bus", "truck"] as const;

export function usePassageFilter(): PassageFilter {
  const [address] = useAddress();
  const of = (key: string) => address.get(key) ?? undefined;
  return { site: of("site"), camera: of("camera"), plate: of("plate"), class: of("class") };
}

export type View = "card" | "row";
export const useView = (): View => (useAddress()[0].get("view") === "rows" ? "row" : "card");

export function Filters() {
  const { t } = useTranslation();
  const [address, change] = useAddress();
  const site = useSite();
  const cameras = useCameras().data ?? [];
  const boxes = useBoxes();
  const view = useView();
  const filtered = ["camera", "plate", "class"].some((key) => address.has(key));
  const cameraOptions = cameras
    .filter((camera) => !site || camera.site === site)
    .map((camera) => ({ value: camera.camera, label: camera.name ?? camera.camera }));
  const BoxIcon = boxes ? Square : SquareDashed;
  return (
    <search className="filters" aria-label={t("filter.label")}>
      <TextFilter plate value={address.get("plate") ?? ""} onChange={(plate) => change({ plate })} word={t("filter.plate")} />
      <Select label={t("filter.camera")} all={t("filter.all_cameras")} value={address.get("camera") ?? ""} options={cameraOptions} onChange={(camera) => change({ camera })} />
      <Select
        label={t("filter.class")}
        all={t("filter.all_classes")}
        value={address.get("class") ?? ""}
        options={CLASSES.map((name) => ({ value: name, label: t(`class.${name}`) }))}
        onChange={(name) => change({ class: name })}
      />
      {filtered && (
        <button type="button" className="button button-quiet" onClick={() => change({ camera: "", plate: "", class: "" })}>
          <X aria-hidden="true" />
          {t("filter.clear")}
        </button>
      )}
      <span className="filters-gap" />
      <button type="button" className="icon-button" aria-pressed={boxes} onClick={toggleBoxes} aria-label={t("feed.boxes")} title={`${t("feed.boxes")} (B)`}>
        <BoxIcon aria-hidden="true" />
      </button>
      <ToggleGroup.Root
        type="single"
        className="segments"
        aria-label={t("feed.view")}
        value={view}
        onValueChange={(next) => next && change({ view: next === "row" ? "rows" : "" })}
      >
        <ToggleGroup.Item value="card" aria-label={t("feed.cards")} title={t("feed.cards")}>
          <LayoutGrid aria-hidden="true" />
        </ToggleGroup.Item>
        <ToggleGroup.Item value="row" aria-label={t("feed.rows")} title={t("feed.rows")}>
          <Rows3 aria-hidden="true" />
        </ToggleGroup.Item>
      </ToggleGroup.Root>
    </search>
  );
}

export const FilterIcon = ScanSearch;
