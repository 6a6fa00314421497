/** What a search compares: no case, no accents, no separators, so that "nguyen" finds "Nguyễn" and "35a123" finds "35A-123.45". */
export const fold = (text: string): string =>
  text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase().replace(/[^a-z0-9]/g, "");
