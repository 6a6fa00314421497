const r = (code, vi, en) => ({ code, vi, en });
const OTHER = r("other", "Lý do khác", "Other");

export const REASONS = {
  admit: [r("as_answered", "Theo câu trả lời của máy", "As the machine says"), r("known_person", "Đã biết người, xe này", "Known at this gate"), r("invited", "Đơn vị xác nhận mời vào", "Confirmed by the host"), r("authority", "Xe ưu tiên, đoàn công tác", "Authority or emergency vehicle"), OTHER],
  deny: [r("as_answered", "Theo câu trả lời của máy", "As the machine says"), r("no_papers", "Không xuất trình được giấy tờ", "No papers"), r("disorder", "Gây mất trật tự", "Disorder"), r("host_refused", "Đơn vị không tiếp", "Host refuses"), OTHER],
  wait: [r("as_answered", "Theo câu trả lời của máy", "As the machine says"), r("asking_host", "Đang hỏi đơn vị", "Asking the host"), r("lane_busy", "Chờ làn trống", "Lane is busy"), OTHER],
  open: [r("staff", "Người của điểm trực", "Staff of this post"), r("vehicle_out", "Cho xe ra", "Let a vehicle out"), r("barrier_test", "Thử rào", "Barrier test"), OTHER],
  hold: [r("convoy", "Đoàn xe đi liền", "Convoy"), r("peak", "Giờ cao điểm", "Peak hour"), OTHER],
  emergency_open: [r("fire", "Cháy nổ", "Fire"), r("rescue", "Cấp cứu", "Rescue"), r("drill", "Diễn tập", "Drill")],
  forgive: [r("missed_exit", "Ra mà không ghi nhận", "Left unseen"), r("wrong_read", "Đọc nhầm", "Misread")],
  correction: [r("recount", "Đếm lại tại chỗ", "Recounted"), r("missed", "Máy đếm sót", "Missed by the counter"), OTHER],
  muster: [r("seen", "Đã thấy tại điểm tập kết", "Seen at the assembly point")],
  papers_checked: [r("papers_good", "Đã xem giấy tờ gốc", "Original papers seen")],
  escort: [r("escort_here", "Người đi kèm đã có mặt", "Escort is here")],
};
