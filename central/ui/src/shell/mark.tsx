/** The watchtower. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <path className="mark-roof" d="M4.500 13.500 16 6l11.500 7.500-1.900 2.300L16 9.600l-9.600 6.200z" />
      <path className="mark-body" d="M9.500 17h13v2.800h-13zM11 21.600h2.600V28H11zM18.400 21.600H21V28h-2.600z" />
      <circle className="mark-lamp" cx="16" cy="13.600" r="1.700" />
    </svg>
  );
}
