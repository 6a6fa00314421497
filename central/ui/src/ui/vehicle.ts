import { useTranslation } from "react-i18next";
import type { Vehicle } from "../api/types";

const COLOURS = ["white", "silver", "grey", "black", "red", "blue", "green", "yellow", "brown", "orange"] as const;
const TYPES = ["car", "motorcycle", "truck", "bus", "trailer", "tractor"] as const;

export interface VehicleWords {
  make: string | null;
  colour: string | null;
  type: string | null;
}

/** The register's codes in the reader's language; a code that is not known here is shown as the register wrote it. */
export function useVehicleWords(): (vehicle: Vehicle) => VehicleWords {
  const { t } = useTranslation();
  return ({ make, model, colour, type }) => {
    const knownColour = COLOURS.find((word) => word === colour);
    const knownType = TYPES.find((word) => word === type);
    return {
      make: [make, model].filter(Boolean).join(" ") || null,
      colour: knownColour ? t(`vehicle_colour.${knownColour}`) : colour,
      type: knownType ? t(`vehicle_type.${knownType}`) : type,
    };
  };
}
