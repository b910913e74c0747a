#include "tools/mock/batches/batch_anthropic.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "io/base/json_writer.hpp"

namespace retort::mock {
namespace {

namespace dom = simdjson::dom;
using stage = batch_times::stage;

constexpr std::uint64_t default_page = 20, max_page = 1000;
constexpr std::uint64_t max_requests = 100'000;
constexpr std::size_t max_id = 64;
constexpr std::chrono::hours window{24};

batch_reply invalid(std::string_view message) {
  return refuse_anthropic(400, "invalid_request_error", message);
}

bool is_custom_id(std::string_view text) {
  constexpr std::string_view allowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  return !text.empty() && text.size() <= max_id &&
         text.find_first_not_of(allowed) == std::string_view::npos;
}

// RFC 3339, in UTC, to the microsecond.
std::string show_time(batch_time when) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(when);
  const auto rest = std::chrono::floor<std::chrono::microseconds>(when - seconds);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)), rest.count());
}

void write_time(io::json_writer& json, std::string_view name, batch_time when, bool reached) {
  json.key(name);
  reached ? json.value(show_time(when)) : json.raw("null");
}

struct outcome_counts {
  std::size_t processing = 0, succeeded = 0, errored = 0, canceled = 0, expired = 0;
};

// All of them are being processed until the batch has ended, as the real ones are.
outcome_counts count_outcomes(const batch& work, batch_time now) {
  outcome_counts counts;
  if (work.times.at(now) != stage::ended) {
    counts.processing = work.lines.size();
    return counts;
  }
  const std::size_t finished = work.finished(now);
  counts.canceled = work.lines.size() - finished;
  for (std::size_t i = 0; i < finished; ++i) {
    const finished_line& line = work.lines[i];
    ++(line.good()                       ? counts.succeeded
       : line.fate == line_fate::expired ? counts.expired
                                         : counts.errored);
  }
  return counts;
}

void write_counts(io::json_writer& json, const outcome_counts& counts) {
  json.key("request_counts");
  json.open_object();
  json.member("processing", counts.processing);
  json.member("succeeded", counts.succeeded);
  json.member("errored", counts.errored);
  json.member("canceled", counts.canceled);
  json.member("expired", counts.expired);
  json.close_object();
}

std::string_view status_of(const batch_times& times, batch_time now) {
  if (times.at(now) == stage::ended) return "ended";
  return times.cancelled ? "canceling" : "in_progress";
}

// `base` is where the batches are: "https://host/v1/messages/batches".
std::string describe(const batch& work, const std::string& base, batch_time now) {
  const batch_times& times = work.times;
  const bool ended = times.at(now) == stage::ended;
  std::string text;
  io::json_writer json(text);
  json.open_object();
  json.member("id", work.id);
  json.member("type", "message_batch");
  json.member("processing_status", status_of(times, now));
  write_counts(json, count_outcomes(work, now));
  write_time(json, "ended_at", times.ended(), ended);
  write_time(json, "created_at", times.created, true);
  write_time(json, "expires_at", times.created + window, true);
  json.member_raw("archived_at", "null");
  write_time(json, "cancel_initiated_at", times.cancelled.value_or(now),
             times.cancelled.has_value());
  json.key("results_url");
  ended ? json.value(fmt::format("{}/{}/results", base, work.id)) : json.raw("null");
  json.close_object();
  return text;
}

constexpr std::string_view server_error =
    R"({"type":"error","error":{"type":"api_error","message":"Internal server error (the mock was asked to have one)."}})";

void append_result(std::string& out, const finished_line& line, bool canceled) {
  io::json_writer json(out);
  json.open_object();
  json.member("custom_id", line.custom_id);
  json.key("result");
  json.open_object();
  if (canceled || line.fate == line_fate::expired) {
    json.member("type", canceled ? "canceled" : "expired");
  } else if (line.good()) {
    json.member("type", "succeeded");
    json.member_raw("message", line.answer);
  } else {
    json.member("type", "errored");
    json.member_raw("error", line.fate == line_fate::errored ? server_error : line.answer);
  }
  json.close_object();
  json.close_object();
  out += '\n';
}

std::string results_of(const batch& work) {
  std::string text;
  const std::size_t finished = work.finished(work.times.ended());
  for (std::size_t i = 0; i < work.lines.size(); ++i) {
    append_result(text, work.lines[i], i >= finished);
  }
  return text;
}

// The requests of a batch, read one by one; refusal() says what is wrong with the first bad one.
class request_reader {
 public:
  bool add(dom::element request) {
    std::string_view id;
    dom::object params;
    if (request["custom_id"].get(id)) return complain("custom_id", "Field required");
    if (!is_custom_id(id)) {
      return complain("custom_id", "String should match pattern '^[a-zA-Z0-9_-]{1,64}$'");
    }
    if (request["params"].get(params)) return complain("params", "Field required");
    if (!ids_.emplace(id).second) return complain("custom_id", "must be unique within the batch");
    lines_.push_back({std::string(id), simdjson::minify(params)});
    return true;
  }

  batch_reply refusal() const { return invalid(complaint_); }
  std::vector<asked_line> take() { return std::move(lines_); }

 private:
  bool complain(std::string_view field, std::string_view what) {
    complaint_ = fmt::format("requests.{}.{}: {}", lines_.size(), field, what);
    return false;
  }

  std::unordered_set<std::string> ids_;
  std::vector<asked_line> lines_;
  std::string complaint_;
};

}  // namespace

std::string anthropic_batches::base_of(const request& asked, const batch_route& route) const {
  return fmt::format("{}://{}{}/messages/batches", scheme_, asked.field("host"), route.prefix);
}

batch_reply refuse_anthropic(int status, std::string_view type, std::string_view message) {
  std::string text;
  io::json_writer json(text);
  json.open_object();
  json.member("type", "error");
  json.key("error");
  json.open_object();
  json.member("type", type);
  json.member("message", message);
  json.close_object();
  json.close_object();
  return {status, std::move(text)};
}

batch_reply anthropic_batches::serve(const request& asked, const batch_route& route,
                                     batch_time now) {
  if (asked.field("anthropic-version").empty())
    return invalid("anthropic-version: header is required");
  if (route.id.empty()) {
    if (asked.method == "POST") return create(asked, route, now);
    if (asked.method == "GET") return list(asked, route, now);
    return refuse_anthropic(405, "invalid_request_error", "Method Not Allowed");
  }
  const auto at = position_of(batches_, route.id);
  if (!at) return refuse_anthropic(404, "not_found_error", fmt::format("No batch {}", route.id));
  entry& found = batches_[*at];
  const std::string base = base_of(asked, route);
  if (route.verb.empty() && asked.method == "GET") return {200, describe(found.work, base, now)};
  if (route.verb == "cancel" && asked.method == "POST") return cancel(found, base, now);
  if (route.verb == "results" && asked.method == "GET") {
    if (found.work.times.at(now) == stage::ended) return {200, results_of(found.work)};
    return refuse_anthropic(404, "not_found_error",
                            fmt::format("Batch {} has no results yet.", route.id));
  }
  return refuse_anthropic(404, "not_found_error", "Not Found");
}

batch_reply anthropic_batches::create(const request& asked, const batch_route& route,
                                      batch_time now) {
  dom::element root;
  dom::array requests;
  if (parser_.parse(asked.body.data(), asked.body.size()).get(root)) {
    return invalid("The request body is not valid JSON.");
  }
  if (root["requests"].get(requests)) return invalid("requests: Field required");
  request_reader reader;
  std::uint64_t count = 0;
  for (const dom::element request : requests) {
    if (++count > maker_->most_lines(max_requests)) return invalid("requests: too many of them");
    if (!reader.add(request)) return reader.refusal();
  }
  if (count == 0) return invalid("requests: at least one is required");
  if (maker_->refuses_next()) {
    return refuse_anthropic(429, "rate_limit_error",
                            "Too many requests are in batches (the mock was asked to say so).");
  }
  batches_.push_back({maker_->make(fmt::format("msgbatch_mock{}", batches_.size() + 1),
                                   fmt::format("{}/messages", route.prefix), reader.take(), now)});
  advance(now);  // it may take no time at all
  return {200, describe(batches_.back().work, base_of(asked, route), now)};
}

batch_reply anthropic_batches::list(const request& asked, const batch_route& route,
                                    batch_time now) const {
  const auto limit = query_limit(asked.target, default_page, max_page);
  if (!limit) return invalid("limit: Input should be between 1 and 1000");
  const std::string_view after = query_value(asked.target, "after_id");
  const auto before = after.empty() ? batches_.size() : position_of(batches_, after);
  if (!before) return invalid(fmt::format("after_id: no batch {}", after));
  const batch_page page = page_before(*before, *limit);
  const std::string base = base_of(asked, route);
  std::string text;
  io::json_writer json(text);
  json.open_object();
  json.key("data");
  json.open_array();
  for (std::size_t i = page.begin; i > page.end; --i) {
    json.raw(describe(batches_[i - 1].work, base, now));
  }
  json.close_array();
  json.member("has_more", page.more());
  const auto write_id = [&](std::string_view name, std::size_t at) {
    json.key(name);
    page.begin == page.end ? json.raw("null") : json.value(batches_[at].work.id);
  };
  write_id("first_id", page.begin - 1);
  write_id("last_id", page.end);
  json.close_object();
  return {200, std::move(text)};
}

batch_reply anthropic_batches::cancel(entry& what, const std::string& base, batch_time now) const {
  batch_times& times = what.work.times;
  if (times.at(now) == stage::ended) {
    return invalid(fmt::format("Batch {} has ended and cannot be canceled.", what.work.id));
  }
  if (!times.cancelled) times.cancelled = now;
  return {200, describe(what.work, base, now)};
}

void anthropic_batches::advance(batch_time now) {
  for (entry& each : batches_) maker_->just_ended(each.work, now);
}

}  // namespace retort::mock
