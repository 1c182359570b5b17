/** Phone numbers as people type them and as the server wants them (E.164). */

export interface Region {
  code: string;
  zh: string;
  en: string;
}

export const regions: Region[] = [
  { code: "+86", zh: "中国大陆", en: "Mainland China" },
  { code: "+852", zh: "中国香港", en: "Hong Kong, China" },
  { code: "+853", zh: "中国澳门", en: "Macao, China" },
  { code: "+886", zh: "中国台湾", en: "Taiwan, China" },
  { code: "+65", zh: "新加坡", en: "Singapore" },
  { code: "+60", zh: "马来西亚", en: "Malaysia" },
  { code: "+81", zh: "日本", en: "Japan" },
  { code: "+82", zh: "韩国", en: "South Korea" },
  { code: "+1", zh: "美国／加拿大", en: "USA / Canada" },
  { code: "+44", zh: "英国", en: "United Kingdom" },
  { code: "+49", zh: "德国", en: "Germany" },
  { code: "+33", zh: "法国", en: "France" },
  { code: "+61", zh: "澳大利亚", en: "Australia" },
];

/** The number in E.164, or null when it cannot be one. */
export function toE164(region: string, typed: string): string | null {
  const digits = typed.replace(/[\s\-().]/g, "");
  if (/^\+\d{7,15}$/.test(digits)) return digits;
  if (region === "+86") return /^1[3-9]\d{9}$/.test(digits) ? `+86${digits}` : null;
  const national = digits.replace(/^0/, "");
  return /^\d{5,13}$/.test(national) ? `${region}${national}` : null;
}

/** "138 0013 8000": mainland numbers are read in 3-4-4. */
export function spaced(region: string, typed: string): string {
  if (region !== "+86" || !/^[\d\s]*$/.test(typed)) return typed;
  const digits = typed.replace(/\s/g, "").slice(0, 11);
  return [digits.slice(0, 3), digits.slice(3, 7), digits.slice(7)].filter(Boolean).join(" ");
}
