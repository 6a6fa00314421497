import { Check, ChevronDown } from "lucide-react";
import { Select as Radix } from "radix-ui";
import type { ReactNode } from "react";

export interface Option {
  value: string;
  label: string;
}

interface Props {
  label: string;
  value: string;
  options: Option[];
  onChange: (value: string) => void;
  /** The option of the empty value; without it the choice must be one of `options`. */
  all?: string;
  icon?: ReactNode;
  id?: string;
}

// Radix keeps the empty string for "nothing chosen", so the choice of everything needs a word of its own.
const ALL = "*";

export function Select({ label, value, options, onChange, all, icon, id }: Props) {
  const shown = all === undefined ? options : [{ value: ALL, label: all }, ...options];
  return (
    <Radix.Root value={value === "" && all !== undefined ? ALL : value} onValueChange={(next) => onChange(next === ALL ? "" : next)}>
      <Radix.Trigger className={`select ${value && all !== undefined ? "select-set" : ""}`} aria-label={label} id={id}>
        {icon}
        <Radix.Value />
        <Radix.Icon asChild>
          <ChevronDown aria-hidden="true" />
        </Radix.Icon>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className="menu" position="popper" sideOffset={4} collisionPadding={8}>
          <Radix.Viewport>
            {shown.map((option) => (
              <Radix.Item key={option.value} value={option.value} className="menu-item">
                <Radix.ItemText>{option.label}</Radix.ItemText>
                <Radix.ItemIndicator className="menu-check">
                  <Check aria-hidden="true" />
                </Radix.ItemIndicator>
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
