import { createContext, useContext } from "react";
import type { User } from "../api/types";

export const UserContext = createContext<User | null>(null);

export function useUser(): User {
  const user = useContext(UserContext);
  if (!user) throw new Error("useUser needs a signed-in Shell above it");
  return user;
}

// Central decides; these only keep doors off the wall that would not open.
export const mayDecide = (user: User) => user.role !== "admin";
export const mayAdminister = (user: User) => user.role === "admin";
