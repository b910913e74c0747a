#include "providers/failure/error_body.hpp"

#include <algorithm>

#include "io/base/one_line.hpp"
#include "providers/body/json_fields.hpp"
#include "providers/failure/duration.hpp"

namespace retort::providers {
namespace {

constexpr std::string_view white_space = " \t\r\n";

// MiniMax answers 200 and says it here; 0 is its "success". Its list of codes, unconfirmed by us.
std::int64_t base_code(simdjson::dom::element body) {
  return std::max<std::int64_t>(0, count_at(body["base_resp"]["status_code"]));
}

int status_of_base_code(std::int64_t code) {
  switch (code) {
    case 1001: return 504;
    case 1002:              // requests
    case 1039:              // tokens
    case 1041: return 429;  // connections
    case 1004:              // no key
    case 2049: return 401;  // a wrong one
    case 1008:              // balance
    case 2056: return 402;  // what the plan allows
    case 2013: return 400;
    default: return 500;
  }
}

error_report read_base_response(simdjson::dom::element body) {
  const std::int64_t code = base_code(body);
  error_report report;
  report.message = io::one_line(text_at(body["base_resp"]["status_msg"]), max_quoted_bytes);
  report.code = std::to_string(code);
  report.status = status_of_base_code(code);
  report.flagged = code == 1026 || code == 1027;
  return report;
}

// The object that holds message, type and code.
simdjson::dom::element innermost(simdjson::dom::element body) {
  simdjson::dom::element inner = body;
  if (body.is_array() && !body.at(0).get(inner)) return innermost(inner);
  return !body["error"].get(inner) && inner.is_object() ? inner : body;
}

std::string_view first_text(simdjson::dom::element from,
                            std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    const std::string_view text = text_at(from[key]);
    if (!text.empty()) return text;
  }
  return {};
}

// The duration at the beginning of a text, of one word or two; a full stop may follow it.
std::optional<std::chrono::milliseconds> leading_duration(std::string_view text) {
  const std::size_t first = std::min(text.find_first_of(" \t\r\n"), text.size());
  const std::size_t second = std::min(text.find_first_of(" \t\r\n", first + 1), text.size());
  for (std::string_view words : {text.substr(0, first), text.substr(0, second)}) {
    while (words.ends_with('.') || words.ends_with(',')) words.remove_suffix(1);
    if (const auto wait = parse_duration(words)) return wait;
    if (const auto wait = parse_spelt_duration(words)) return wait;
  }
  return std::nullopt;
}

std::optional<std::chrono::milliseconds> wait_advised_by(std::string_view message) {
  for (const std::string_view phrase :
       {"try again in ", "Try again in ", "retry in ", "retry after ", "Retry after "}) {
    const std::size_t at = message.find(phrase);
    if (at != std::string_view::npos) return leading_duration(message.substr(at + phrase.size()));
  }
  return std::nullopt;
}

quota_period period_of(std::string_view quota_id) {
  const auto says = [&](std::string_view word) { return quota_id.find(word) != quota_id.npos; };
  if (says("PerDay") || says("Daily")) return quota_period::day;
  return says("PerMinute") ? quota_period::minute : quota_period::unknown;
}

quota_period longest_period(json_result violations) {
  quota_period longest = quota_period::unknown;
  simdjson::dom::array list;
  if (violations.get(list)) return longest;
  for (const simdjson::dom::element each : list) {
    longest = std::max(longest, period_of(text_at(each["quotaId"])));
  }
  return longest;
}

// One of Gemini's details is told from another by its fields: no two have the same.
void read_detail(simdjson::dom::element detail, error_report& report) {
  const auto delay = parse_duration(text_at(detail["retryDelay"]));
  if (delay) report.retry_delay = delay;
  report.exhausted = std::max(report.exhausted, longest_period(detail["violations"]));
  const std::string_view reason = text_at(detail["reason"]);
  if (report.code.empty()) report.code = reason;  // an ErrorInfo's: API_KEY_INVALID
}

void read_details(simdjson::dom::element details, error_report& report) {
  const std::string_view code = text_at(details["error_code"]);
  if (!code.empty()) report.code = code;
  simdjson::dom::array list;
  if (details.get(list)) return;
  for (const simdjson::dom::element each : list) read_detail(each, report);
}

error_report read_fields(simdjson::dom::element error) {
  error_report report;
  const std::string_view message = first_text(error, {"message", "error", "detail"});
  report.message = io::one_line(message, max_quoted_bytes);
  report.advised_wait = wait_advised_by(message);
  report.type = first_text(error, {"type", "error_type"});
  report.code = text_at(error["code"]);
  report.rpc_status = text_at(error["status"]);
  simdjson::dom::element details;
  if (!error["details"].get(details)) read_details(details, report);
  const std::int64_t status = count_at(error["code"]);  // LiteLLM: "429"
  if (status >= 400 && status < 600) report.status = static_cast<int>(status);
  report.flagged = !error["metadata"]["flagged_input"].error();
  report.reset = text_at(error["metadata"]["headers"]["X-RateLimit-Reset"]);
  return report;
}

// Says nothing: null, false, 0, "" and what holds nothing but these. Servers put them beside good
// answers.
bool is_blank(simdjson::dom::element value) {
  using type = simdjson::dom::element_type;
  switch (value.type()) {
    case type::NULL_VALUE: return true;
    case type::BOOL: return !flag_at(found(value));
    case type::STRING: return text_at(found(value)).empty();
    case type::INT64: return count_at(found(value)) == 0;
    default: break;
  }
  bool blank = value.is_array() || value.is_object();
  for_elements(found(value), [&](auto) { blank = false; });
  for_members(found(value), [&](std::string_view, simdjson::dom::element member) {
    blank = blank && !member.is_array() && !member.is_object() && is_blank(member);
  });
  return blank;
}

// One pass: every answer is asked this.
bool names_error(simdjson::dom::object members) {
  for (const auto& [key, value] : members) {
    if (key == "error") {
      if (!is_blank(value)) return true;
    } else if (key == "base_resp") {
      if (count_at(value["status_code"]) > 0) return true;
    } else if (key == "object" || key == "type") {
      if (text_at(found(value)) == "error") return true;
    }
  }
  return false;
}

}  // namespace

bool names_error(simdjson::dom::element part) {
  simdjson::dom::object members;
  simdjson::dom::element inner;
  if (!part.get(members)) return names_error(members);
  return part.is_array() && !part.at(0).get(inner) && !inner.get(members) && names_error(members);
}

error_report read_error(const json_result& body, std::string_view raw) {
  error_report report;
  simdjson::dom::element root;
  if (!body.get(root)) {
    report = base_code(root) > 0 ? read_base_response(root) : read_fields(innermost(root));
  }
  report.is_json = looks_like_json(raw);
  const std::size_t begin = raw.find_first_not_of(white_space);
  report.is_markup = begin != raw.npos && raw[begin] == '<';
  if (report.message.empty()) report.message = quote_body(raw);
  return report;
}

bool looks_like_json(std::string_view raw) {
  const std::size_t begin = raw.find_first_not_of(white_space);
  return begin != raw.npos && (raw[begin] == '{' || raw[begin] == '[');
}

std::string quote_body(std::string_view raw) {
  std::string line = io::one_line(raw, max_quoted_bytes);
  return line.empty() ? "(empty body)" : line;
}

}  // namespace retort::providers
